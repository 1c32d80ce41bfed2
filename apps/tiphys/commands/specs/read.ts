// Commands that look at workflows: list, get, watch, wait, logs, why.
import type { CommandSpec } from '../../flags/index.ts'
import { FIELD_SELECTOR, NODE_SELECTOR, NODE_STATUS, NO_COLOR, NO_UTF8, SELECTOR, output } from './flags.ts'
import { eitherWay } from './load.ts'

export const list: CommandSpec = {
  name: 'list',
  short: 'list workflows',
  examples: [
    { does: 'List all workflows', run: 'list' },
    { does: 'List all running workflows', run: 'list --running' },
    { does: 'List workflows that failed within the last hour', run: 'list --status Failed,Error --since 1h' },
    { does: 'List workflows that finished more than 2h ago', run: 'list --older 2h' },
    { does: 'List workflows with pods and parameters', run: 'list -o wide' },
    { does: 'List workflows by label, as JSON', run: 'list -l label1=value1,label2=value2 -o json' },
  ],
  args: {},
  flags: [
    { name: 'all-namespaces', short: 'A', type: 'bool', usage: 'show workflows of all namespaces, with a column that tells which' },
    { name: 'chunk-size', type: 'int', usage: 'Return large lists in chunks rather than all at once. Pass 0 to disable.' },
    { name: 'completed', type: 'bool', usage: 'show completed workflows. Mutually exclusive with --running.' },
    { name: 'running', type: 'bool', usage: 'show running workflows. Mutually exclusive with --completed.' },
    { name: 'no-headers', type: 'bool', usage: "Don't print headers (default print headers)." },
    { name: 'older', type: 'string', usage: 'list completed workflows finished before the specified duration (e.g. 10m, 3h, 1d)' },
    { name: 'since', type: 'string', usage: 'show only workflows created after than a relative duration (e.g. 10m, 3h, 1d)' },
    { name: 'prefix', type: 'string', usage: 'Filter workflows by prefix' },
    { name: 'resubmitted', type: 'bool', usage: 'show resubmitted workflows' },
    { name: 'status', type: 'strings', usage: 'Filter by status (comma separated)', complete: 'phases' },
    SELECTOR,
    FIELD_SELECTOR,
    output('name', 'json', 'yaml', 'wide'),
  ],
  load: eitherWay(() => import('../list.ts'), () => import('../../remote/commands/list.ts')),
}

export const get: CommandSpec = {
  name: 'get',
  operands: 'WORKFLOW...',
  short: 'display details about a workflow',
  examples: [
    { does: 'Get information about a workflow', run: 'get my-wf' },
    { does: 'Get information about the latest workflow', run: 'get @latest' },
    { does: 'See only what failed', run: 'get my-wf --status Failed' },
    { does: 'Get the whole workflow with its status', run: 'get my-wf -o yaml' },
  ],
  args: { min: 1, complete: 'workflows' },
  flags: [NODE_SELECTOR, NODE_STATUS, NO_COLOR, NO_UTF8, output('name', 'json', 'yaml', 'short', 'wide')],
  load: eitherWay(() => import('../get.ts'), () => import('../../remote/commands/get.ts')),
}

export const watch: CommandSpec = {
  name: 'watch',
  operands: 'WORKFLOW',
  short: 'watch a workflow until it completes',
  examples: [
    { does: 'Watch a workflow that another process carries out', run: 'watch my-wf' },
    { does: 'Watch the latest workflow', run: 'watch @latest' },
  ],
  args: { min: 1, max: 1, complete: 'workflows' },
  flags: [NODE_SELECTOR, NODE_STATUS],
  load: eitherWay(() => import('../watch.ts'), () => import('../../remote/commands/watch.ts')),
}

export const wait: CommandSpec = {
  name: 'wait',
  operands: '[WORKFLOW...]',
  short: 'waits for workflows to complete',
  examples: [
    { does: 'Wait on a workflow; the exit code is 1 when it failed', run: 'wait my-wf' },
    { does: 'Wait on several', run: 'wait my-wf my-other-wf' },
    { does: 'Wait on the latest workflow', run: 'wait @latest' },
  ],
  args: { complete: 'workflows' },
  flags: [{ name: 'ignore-not-found', type: 'bool', usage: 'Ignore the wait if the workflow is not found' }, { ...output('json'), own: true }],
  load: eitherWay(() => import('../wait.ts'), () => import('../../remote/commands/wait.ts')),
}

export const logs: CommandSpec = {
  name: 'logs',
  operands: 'WORKFLOW [POD]',
  short: 'view logs of a pod or workflow',
  long: 'View what steps print, while they run and after. POD is the name of a pod or of a node; of a node with steps below it, the logs of all of them. ' +
    'All attempts of a step are shown.',
  examples: [
    { does: 'Print the logs of a workflow', run: 'logs my-wf' },
    { does: 'Follow the logs of a workflow', run: 'logs my-wf --follow' },
    { does: 'Print the logs of one step', run: 'logs my-wf build' },
    { does: 'Print the last lines of each step, with times', run: 'logs my-wf --tail 5 --timestamps' },
    { does: 'Print lines that match a regular expression', run: "logs my-wf --grep 'error|warning'" },
    { does: 'The same for programs: one JSON object a line', run: 'logs my-wf -o json' },
  ],
  args: { min: 1, max: 2, complete: 'workflows' },
  flags: [
    { name: 'container', short: 'c', type: 'string', usage: 'Print the logs of this container', default: 'main' },
    { name: 'follow', short: 'f', type: 'bool', usage: 'Specify if the logs should be streamed.' },
    { name: 'previous', short: 'p', type: 'bool', usage: 'print the logs of the attempt before the last' },
    { name: 'since', type: 'duration', usage: 'Only return logs newer than a relative duration like 5s, 2m, or 3h. Defaults to all logs. Only one of since-time / since may be used.' },
    { name: 'since-time', type: 'string', usage: 'Only return logs after a specific date (RFC3339). Defaults to all logs. Only one of since-time / since may be used.' },
    { name: 'tail', type: 'int', usage: 'If set, the number of lines from the end of the logs to show.', default: -1 },
    { name: 'timestamps', type: 'bool', usage: 'Include timestamps on each line in the log output' },
    { name: 'grep', type: 'string', usage: 'print only lines that match a regular expression' },
    { ...SELECTOR, usage: 'choose pods by their labels' },
    { ...output('json'), own: true },
    NO_COLOR,
  ],
  load: eitherWay(() => import('../logs.ts'), () => import('../../remote/commands/logs.ts')),
}

export const why: CommandSpec = {
  name: 'why',
  operands: 'WORKFLOW [NODE]',
  short: 'say what a workflow waits for, or why it failed',
  long: 'Why names what each unfinished node waits for: its pod, a time, a lock and who holds it, a place among its siblings, a person, a retry. Of a workflow that failed it tells the causes, with the last lines that they printed.',
  examples: [
    { does: 'Say what a workflow waits for', run: 'why my-wf' },
    { does: 'Say what one node waits for', run: 'why my-wf build' },
    { does: 'The same for programs', run: 'why my-wf -o json' },
  ],
  args: { min: 1, max: 2, complete: 'workflows' },
  flags: [output('json'), NO_COLOR],
  load: () => import('../why.ts'),
}
