// Commands that carry a workflow out: run, retry, resubmit.
import type { CommandSpec, FlagSpec } from '../../flags/index.ts'
import { CARRY_FLAGS, FIELD_SELECTOR, NODE_SELECTOR, PARAMETER, SELECTOR, output } from './flags.ts'
import { eitherWay } from './load.ts'

export const run: CommandSpec = {
  name: 'run',
  operands: 'FILE',
  short: 'run a workflow on this machine and show it live',
  long: 'Run takes an Argo Workflow manifest as it is, carries out its steps as processes of this machine, shows them live and ends with the result: ' +
    'exit code 0 for Succeeded, 1 for Failed or Error, 2 for bad usage or an invalid manifest. Ctrl-C stops the workflow (exit handlers run), a second one terminates it.',
  examples: [
    { does: 'Run a manifest', run: 'run workflow.yaml' },
    { does: 'Give parameters', run: 'run workflow.yaml -p message=hello -f params.yaml' },
    { does: 'Bring templates that the workflow refers to', run: 'run workflow.yaml --with templates/' },
    { does: 'See what its steps print', run: 'run workflow.yaml --log' },
    { does: 'Give the programs of an image by a folder', run: 'run workflow.yaml --image-map alpine=./tools' },
    { does: 'Go on with a run that was interrupted', run: 'run --resume my-workflow' },
    { does: 'Get the finished workflow as JSON', run: 'run workflow.yaml -o json' },
  ],
  args: { max: 1, complete: 'manifests', check: (args, flags) => (args.length === 0 && !flags.given('resume') ? 'run needs a FILE, or --resume NAME' : undefined) },
  usageExit: 2,
  flags: [
    PARAMETER,
    { name: 'parameter-file', short: 'f', type: 'string', usage: 'pass a file containing all input parameters', placeholder: 'FILE', complete: 'files' },
    { name: 'entrypoint', type: 'string', usage: 'override entrypoint' },
    { name: 'name', type: 'string', usage: 'override metadata.name' },
    { name: 'resume', type: 'string', usage: 'go on with an interrupted run', placeholder: 'NAME', complete: 'workflows' },
    output('json', 'yaml', 'name', 'tree'),
    ...CARRY_FLAGS,
  ],
  load: () => import('../run.ts'),
}

const AGAIN_FLAGS: readonly FlagSpec[] = [
  PARAMETER,
  SELECTOR,
  FIELD_SELECTOR,
  output('name', 'json', 'yaml', 'wide'),
  { name: 'wait', short: 'w', type: 'bool', usage: 'wait for the workflow to complete, which it does in any case' },
  { name: 'watch', type: 'bool', usage: 'watch the workflow until it completes, which it does in any case' },
  ...CARRY_FLAGS,
]

export const retry: CommandSpec = {
  name: 'retry',
  operands: '[WORKFLOW...]',
  short: 'retry zero or more workflows',
  long: 'Rerun a failed workflow from where it failed: steps that succeeded are kept. The same workflow goes on, in the foreground, with the exit code of run.',
  examples: [
    { does: 'Retry a workflow', run: 'retry my-wf' },
    { does: 'Retry the latest workflow', run: 'retry @latest' },
    { does: 'Retry with another parameter', run: 'retry my-wf -p message=hello' },
    { does: 'Run a step again although it succeeded', run: 'retry my-wf --restart-successful --node-field-selector displayName=build' },
    { does: 'Retry all workflows of a label', run: 'retry -l team=a' },
  ],
  args: { complete: 'workflows', check: (args, flags) => (args.length === 0 && !flags.given('selector') && !flags.given('field-selector') ? 'requires either node field selector or workflow' : undefined) },
  flags: [
    ...AGAIN_FLAGS,
    NODE_SELECTOR,
    { name: 'restart-successful', type: 'bool', usage: 'indicates to restart successful nodes matching the --node-field-selector' },
  ],
  load: eitherWay(() => import('../retry.ts'), () => import('../../remote/commands/retry.ts')),
}

export const resubmit: CommandSpec = {
  name: 'resubmit',
  operands: '[WORKFLOW...]',
  short: 'resubmit one or more workflows',
  long: 'Run a workflow again as a new one, optionally with other parameters, or with the results of the steps that succeeded. The new workflow runs in the foreground, as with run.',
  examples: [
    { does: 'Run a workflow again', run: 'resubmit my-wf' },
    { does: 'Run it again with another parameter', run: 'resubmit my-wf -p message=hello' },
    { does: 'Take over what succeeded', run: 'resubmit my-wf --memoized' },
  ],
  args: { complete: 'workflows' },
  flags: [
    ...AGAIN_FLAGS,
    { name: 'memoized', type: 'bool', usage: 're-use successful steps & outputs from the previous run' },
    { name: 'priority', type: 'int32', usage: 'workflow priority' },
  ],
  load: eitherWay(() => import('../resubmit.ts'), () => import('../../remote/commands/resubmit.ts')),
}
