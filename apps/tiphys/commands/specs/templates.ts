// The commands for what a server keeps beside workflows: template, cluster-template, cron.
import type { CommandSpec, FlagSpec, Invocation, Outcome } from '../../flags/index.ts'
import { SELECTOR, output } from './flags.ts'
import { STRICT, SUBMIT_FLAGS } from './submit.ts'

const WHOLE = output('name', 'json', 'yaml', 'wide')
const TABLE = output('wide', 'name')
const ALL_NAMESPACES: FlagSpec = { name: 'all-namespaces', short: 'A', type: 'bool', usage: 'Show those of all namespaces' }
const LINT_OUTPUT: FlagSpec = { name: 'output', short: 'o', type: 'string', usage: 'Linting results output format', values: ['pretty', 'simple'], default: 'pretty' }
const FILES = { operands: 'FILE1 FILE2...', args: { min: 1, complete: 'manifests' } } as const

type Verb = 'list' | 'get' | 'create' | 'update' | 'lint' | 'delete'
type Run = (invocation: Invocation) => Promise<Outcome>

interface Family {
  readonly title: string
  /** What completion offers for its objects. */
  readonly names: string
  readonly load: (verb: Verb) => () => Promise<{ readonly run: Run }>
}

function listSpec({ title, load }: Family, flags: readonly FlagSpec[]): CommandSpec {
  return { name: 'list', short: `list ${title}s`, args: {}, flags, load: load('list') }
}

function lintSpec({ title, load }: Family, operands: string): CommandSpec {
  return { ...FILES, name: 'lint', operands, short: `validate files or directories of ${title} manifests`, flags: [LINT_OUTPUT, STRICT], load: load('lint') }
}

function templateCommands(family: Family, { getOperands, lintOperands, listFlags }: { readonly getOperands: string; readonly lintOperands: string; readonly listFlags: readonly FlagSpec[] }): readonly CommandSpec[] {
  const { title, load } = family
  return [
    listSpec(family, listFlags),
    { name: 'get', operands: getOperands, short: `display details about a ${title}`, args: { complete: family.names }, flags: [WHOLE], load: load('get') },
    { ...FILES, name: 'create', short: `create a ${title}`, flags: [WHOLE, STRICT], load: load('create') },
    { ...FILES, name: 'update', short: `update a ${title}`, flags: [WHOLE, STRICT], load: load('update') },
    lintSpec(family, lintOperands),
    { name: 'delete', operands: 'WORKFLOW_TEMPLATE', short: `delete a ${title}`, args: { complete: family.names }, flags: [{ name: 'all', type: 'bool', usage: `Delete all ${title}s` }], load: load('delete') },
  ]
}

const NAMESPACED: Family = { title: 'workflow template', names: 'templates', load: (verb) => async () => ({ run: (await import('../../remote/commands/templates.ts')).templateCommands[verb] }) }
const CLUSTER: Family = { title: 'cluster workflow template', names: 'cluster-templates', load: (verb) => async () => ({ run: (await import('../../remote/commands/templates.ts')).clusterTemplateCommands[verb] }) }
const CRON: Family = { title: 'cron workflow', names: 'crons', load: (verb) => async () => ({ run: (await import('../../remote/commands/crons.ts')).cronCommands[verb] }) }

export const template: CommandSpec = {
  name: 'template',
  short: 'manipulate workflow templates',
  examples: [
    { does: 'Create templates from a file', run: 'template create templates.yaml' },
    { does: 'List them', run: 'template list' },
    { does: 'See one', run: 'template get my-template -o yaml' },
  ],
  commands: templateCommands(NAMESPACED, { getOperands: 'WORKFLOW_TEMPLATE...', lintOperands: '(DIRECTORY | FILE1 FILE2 FILE3...)', listFlags: [ALL_NAMESPACES, TABLE, SELECTOR] }),
}

export const clusterTemplate: CommandSpec = {
  name: 'cluster-template',
  aliases: ['cwftmpl', 'cwft'],
  short: 'manipulate cluster workflow templates',
  examples: [
    { does: 'Create templates for all namespaces from a file', run: 'cluster-template create templates.yaml' },
    { does: 'List them', run: 'cluster-template list' },
  ],
  commands: templateCommands(CLUSTER, { getOperands: 'CLUSTER WORKFLOW_TEMPLATE...', lintOperands: 'FILE...', listFlags: [TABLE] }),
}

const backfill: CommandSpec = {
  name: 'backfill',
  operands: 'cronwf',
  short: 'run a cron workflow for times that have passed',
  args: { complete: 'crons' },
  flags: [
    { name: 'name', type: 'string', usage: 'Backfill name' },
    { name: 'start', type: 'string', usage: 'Start date' },
    { name: 'end', type: 'string', usage: 'End date; now when it is not given' },
    { name: 'parallel', type: 'bool', usage: 'run them at the same time' },
    { name: 'argname', type: 'string', default: 'cronScheduleTime', usage: 'the argument of the workflow that gets the time' },
    { name: 'format', type: 'string', default: 'Mon, 02 Jan 2006 15:04:05 MST', usage: 'how the dates are written, as Go writes layouts' },
    { name: 'maxworkflowcount', type: 'int', default: 1000, usage: 'Maximum number of generated backfill workflows' },
  ],
  load: async () => ({ run: (await import('../../remote/commands/backfill.ts')).run }),
}

export const cron: CommandSpec = {
  name: 'cron',
  short: 'manage cron workflows',
  long: 'Cron workflows are started at the times of their schedules by a server.',
  examples: [
    { does: 'Create a cron workflow', run: 'cron create nightly.yaml' },
    { does: 'See when it runs next', run: 'cron get nightly' },
    { does: 'Let it rest', run: 'cron suspend nightly' },
    { does: 'Run it for days that have passed', run: 'cron backfill nightly --format 2006-01-02 --start 2026-01-01 --end 2026-01-07' },
  ],
  commands: [
    listSpec(CRON, [ALL_NAMESPACES, TABLE, SELECTOR]),
    { name: 'get', operands: 'CRON_WORKFLOW...', short: 'display details about a cron workflow', args: { min: 1, complete: 'crons' }, flags: [WHOLE], load: CRON.load('get') },
    { ...FILES, name: 'create', short: 'create a cron workflow', flags: [...SUBMIT_FLAGS, WHOLE, STRICT, { name: 'schedule', type: 'string', usage: 'override cron workflow schedule' }], load: CRON.load('create') },
    { ...FILES, name: 'update', short: 'update a cron workflow', flags: [...SUBMIT_FLAGS, WHOLE, STRICT], load: CRON.load('update') },
    { name: 'suspend', operands: 'CRON_WORKFLOW...', short: 'suspend zero or more cron workflows', args: { complete: 'crons' }, load: async () => ({ run: (await import('../../remote/commands/crons.ts')).suspendCrons }) },
    { name: 'resume', operands: '[CRON_WORKFLOW...]', short: 'resume zero or more cron workflows', args: { complete: 'crons' }, load: async () => ({ run: (await import('../../remote/commands/crons.ts')).resumeCrons }) },
    backfill,
    lintSpec(CRON, 'FILE...'),
    { name: 'delete', operands: '[CRON_WORKFLOW... | --all]', short: 'delete a cron workflow', args: { complete: 'crons' }, flags: [{ name: 'all', type: 'bool', usage: 'Delete all cron workflows' }], load: CRON.load('delete') },
  ],
}
