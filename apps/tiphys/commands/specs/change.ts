// Commands that change workflows, whichever process carries them out: stop, terminate, suspend, resume, node, delete.
import type { ArgumentRule, CommandSpec } from '../../flags/index.ts'
import { FIELD_SELECTOR, NODE_SELECTOR, SELECTOR } from './flags.ts'
import { eitherWay } from './load.ts'

const CHOSEN: ArgumentRule = {
  complete: 'workflows',
  check: (args, flags) => (args.length === 0 && !flags.given('selector') && !flags.given('field-selector') ? 'requires either selector or workflow' : undefined),
}

export const stop: CommandSpec = {
  name: 'stop',
  operands: 'WORKFLOW WORKFLOW2...',
  short: 'stop zero or more workflows allowing all exit handlers to run',
  long: 'Stop a workflow but still run exit handlers.',
  examples: [
    { does: 'Stop a workflow', run: 'stop my-wf' },
    { does: 'Stop the latest workflow', run: 'stop @latest' },
    { does: 'Let a suspended step fail', run: 'stop my-wf --node-field-selector displayName=approve --message "not today"' },
    { does: 'Stop workflows by label', run: 'stop -l team=a' },
  ],
  args: CHOSEN,
  flags: [
    SELECTOR,
    FIELD_SELECTOR,
    NODE_SELECTOR,
    { name: 'message', type: 'string', usage: 'Message to add to previously running nodes' },
    { name: 'dry-run', type: 'bool', usage: 'only print the workflows that would be stopped' },
  ],
  load: eitherWay(() => import('../stop.ts'), () => import('../../remote/commands/stop.ts')),
}

export const terminate: CommandSpec = {
  name: 'terminate',
  operands: 'WORKFLOW WORKFLOW2...',
  short: 'terminate zero or more workflows immediately',
  long: 'Immediately stop a workflow and do not run any exit handlers.',
  examples: [
    { does: 'Terminate a workflow', run: 'terminate my-wf' },
    { does: 'Terminate the latest workflow', run: 'terminate @latest' },
  ],
  args: CHOSEN,
  flags: [SELECTOR, FIELD_SELECTOR, { name: 'dry-run', type: 'bool', usage: 'only print the workflows that would be terminated' }],
  load: eitherWay(() => import('../terminate.ts'), () => import('../../remote/commands/terminate.ts')),
}

export const suspend: CommandSpec = {
  name: 'suspend',
  operands: 'WORKFLOW1 WORKFLOW2...',
  short: 'suspend zero or more workflows',
  long: 'Suspend a workflow: what runs goes on, nothing new starts.',
  examples: [{ does: 'Suspend a workflow', run: 'suspend my-wf' }],
  args: { complete: 'workflows' },
  load: eitherWay(() => import('../suspend.ts'), () => import('../../remote/commands/suspend.ts')),
}

export const resume: CommandSpec = {
  name: 'resume',
  operands: 'WORKFLOW1 WORKFLOW2...',
  short: 'resume zero or more workflows',
  examples: [
    { does: 'Resume a workflow that has been suspended', run: 'resume my-wf' },
    { does: 'Resume one suspended step', run: 'resume my-wf --node-field-selector displayName=approve' },
  ],
  args: { complete: 'workflows', check: (args, flags) => (args.length === 0 && !flags.given('node-field-selector') ? 'requires either node field selector or workflow' : undefined) },
  flags: [NODE_SELECTOR],
  load: eitherWay(() => import('../resume.ts'), () => import('../../remote/commands/resume.ts')),
}

export const node: CommandSpec = {
  name: 'node',
  operands: 'ACTION WORKFLOW FLAGS',
  short: 'perform action on a node in a workflow',
  examples: [
    { does: 'Give a suspended step a value', run: 'node set my-wf --node-field-selector displayName=approve --output-parameter decision=yes' },
    { does: 'Set the message of a node', run: 'node set my-wf --node-field-selector displayName=approve --message "We did it!"' },
  ],
  args: { min: 2 },
  flags: [
    NODE_SELECTOR,
    { name: 'phase', type: 'string', usage: 'Phase to set the node to, eg: --phase Succeeded', complete: 'phases' },
    { name: 'output-parameter', short: 'p', type: 'stringArray', usage: 'Set a "supplied" output parameter of node', placeholder: 'NAME=VALUE' },
    { name: 'message', short: 'm', type: 'string', usage: 'Set the message of a node' },
  ],
  load: eitherWay(() => import('../node.ts'), () => import('../../remote/commands/node.ts')),
}

const DELETE_FILTERS = ['all', 'all-namespaces', 'completed', 'resubmitted', 'prefix', 'selector', 'field-selector', 'older', 'status']

export const remove: CommandSpec = {
  name: 'delete',
  operands: '[--dry-run] [WORKFLOW...|[--all] [--older] [--completed] [--resubmitted] [--prefix PREFIX] [--selector SELECTOR] [--force] [--status STATUS] ]',
  short: 'delete workflows',
  long: 'Delete workflows with their logs, their files and the artifacts that they stored. A workflow that runs is terminated first.',
  examples: [
    { does: 'Delete a workflow', run: 'delete my-wf' },
    { does: 'Delete the latest workflow', run: 'delete @latest' },
    { does: 'See what would be deleted', run: 'delete --completed --older 7d --dry-run' },
  ],
  args: {
    complete: 'workflows',
    check: (args, flags) => (args.length === 0 && !DELETE_FILTERS.some((name) => flags.given(name)) ? 'requires either a workflow or other argument' : undefined),
  },
  flags: [
    { name: 'all', type: 'bool', usage: 'Delete all workflows' },
    { name: 'all-namespaces', short: 'A', type: 'bool', usage: 'Delete workflows from all namespaces' },
    { name: 'completed', type: 'bool', usage: 'Delete completed workflows' },
    { name: 'resubmitted', type: 'bool', usage: 'Delete resubmitted workflows' },
    { name: 'prefix', type: 'string', usage: 'Delete workflows by prefix' },
    { name: 'older', type: 'string', usage: 'Delete completed workflows finished before the specified duration (e.g. 10m, 3h, 1d)' },
    { name: 'status', type: 'strings', usage: 'Delete by status (comma separated)', complete: 'phases' },
    SELECTOR,
    FIELD_SELECTOR,
    { name: 'query-chunk-size', type: 'int', usage: 'Run the list query in chunks (deletes will still be executed individually)' },
    { name: 'dry-run', type: 'bool', usage: 'Do not delete the workflow, only print what would happen' },
    { name: 'force', type: 'bool', usage: 'delete what cannot be read or reached as well' },
  ],
  load: eitherWay(() => import('../delete.ts'), () => import('../../remote/commands/delete.ts')),
}
