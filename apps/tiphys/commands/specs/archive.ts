// The commands for finished workflows that a server keeps in its archive.
import type { CommandSpec, FlagSpec, Flags } from '../../flags/index.ts'
import { FIELD_SELECTOR, NODE_SELECTOR, PARAMETER, SELECTOR, output } from './flags.ts'
import { AFTER_FLAGS } from './submit.ts'

const WHICH: readonly FlagSpec[] = [
  { name: 'name', type: 'bool', usage: 'force the argument to be treated as a name' },
  { name: 'uid', type: 'bool', usage: 'force the argument to be treated as a UID' },
]
const NAME_OR_UID = { exclusive: [['name', 'uid']] } as const
const AGAIN: readonly FlagSpec[] = [PARAMETER, SELECTOR, FIELD_SELECTOR, output('name', 'json', 'yaml', 'wide'), ...AFTER_FLAGS, ...WHICH]

type Module = typeof import('../../remote/commands/archive.ts')

function load(name: keyof Module): NonNullable<CommandSpec['load']> {
  return async () => ({ run: (await import('../../remote/commands/archive.ts'))[name] })
}

function chosen(args: readonly string[], flags: Flags): string | undefined {
  return args.length === 0 && flags.text('selector') === '' && flags.text('field-selector') === '' ? 'requires either selector or workflow' : undefined
}

export const archive: CommandSpec = {
  name: 'archive',
  short: 'manage the workflow archive',
  examples: [
    { does: 'List archived workflows', run: 'archive list' },
    { does: 'See one, by its name or its uid', run: 'archive get my-wf -o yaml' },
    { does: 'Run one again', run: 'archive resubmit my-wf' },
  ],
  commands: [
    {
      name: 'list', short: 'list workflows in the archive', args: {}, load: load('listArchived'),
      flags: [{ ...output('name', 'json', 'yaml', 'wide'), default: 'wide' }, SELECTOR, { name: 'chunk-size', type: 'int', usage: 'Return large lists in chunks rather than all at once. Pass 0 to disable.' }],
    },
    { ...NAME_OR_UID, name: 'get', operands: 'WORKFLOW', short: 'get a workflow in the archive', args: { min: 1, max: 1, complete: 'archived' }, flags: [{ ...output('json', 'yaml', 'wide'), default: 'wide' }, ...WHICH], load: load('getArchived') },
    { ...NAME_OR_UID, name: 'delete', operands: 'WORKFLOW...', short: 'delete a workflow in the archive', args: { complete: 'archived' }, flags: WHICH, load: load('deleteArchived') },
    {
      ...NAME_OR_UID, name: 'resubmit', operands: '[WORKFLOW...]', short: 'resubmit one or more workflows', args: { complete: 'archived' }, load: load('resubmitArchived'),
      flags: [...AGAIN, { name: 'memoized', type: 'bool', usage: 're-use successful steps & outputs from the previous run' }, { name: 'priority', type: 'int32', usage: 'workflow priority' }],
    },
    {
      ...NAME_OR_UID, name: 'retry', operands: '[WORKFLOW...]', short: 'retry zero or more workflows', args: { complete: 'archived', check: chosen }, load: load('retryArchived'),
      flags: [...AGAIN, NODE_SELECTOR, { name: 'restart-successful', type: 'bool', usage: 'indicates to restart successful nodes matching the --node-field-selector' }],
    },
    { name: 'list-label-keys', short: 'list workflows label keys in the archive', args: {}, load: load('labelKeys') },
    { name: 'list-label-values', short: 'get workflow label values in the archive', args: {}, flags: [{ ...SELECTOR, required: true }], load: load('labelValues') },
  ],
}
