// The command that hands workflows to a server: submit; and what it shares with the creation of cron workflows.
import type { CommandSpec, FlagSpec } from '../../flags/index.ts'
import { NODE_SELECTOR, PARAMETER, output } from './flags.ts'

/** What may be set on a workflow when it is submitted. */
export const SUBMIT_FLAGS: readonly FlagSpec[] = [
  PARAMETER,
  { name: 'parameter-file', short: 'f', type: 'string', usage: 'pass a file containing all input parameters', complete: 'files' },
  { name: 'name', type: 'string', usage: 'override metadata.name' },
  { name: 'generate-name', type: 'string', usage: 'override metadata.generateName' },
  { name: 'entrypoint', type: 'string', usage: 'override entrypoint' },
  { name: 'serviceaccount', type: 'string', usage: 'run all pods in the workflow using specified serviceaccount' },
  { name: 'labels', short: 'l', type: 'string', usage: 'Comma separated labels to apply to the workflow. Will override previous values.' },
]

export const STRICT: FlagSpec = { name: 'strict', type: 'bool', default: true, usage: 'perform strict workflow validation' }

export const AFTER_FLAGS: readonly FlagSpec[] = [
  { name: 'wait', short: 'w', type: 'bool', usage: 'wait for the workflow to complete' },
  { name: 'watch', type: 'bool', usage: 'watch the workflow until it completes' },
  { name: 'log', type: 'bool', usage: 'log the workflow until it completes' },
]

export const submit: CommandSpec = {
  name: 'submit',
  operands: '[FILE... | --from `kind/name]',
  short: 'submit a workflow',
  long: 'Submit hands workflows to a server, which carries them out. To run one here and now, see run.',
  examples: [
    { does: 'Submit workflows from files', run: 'submit my-wf.yaml my-other-wf.yaml' },
    { does: 'Submit and wait for completion; the exit code is 1 when it failed', run: 'submit --wait my-wf.yaml' },
    { does: 'Submit and watch until completion', run: 'submit --watch my-wf.yaml' },
    { does: 'Submit and see what it prints', run: 'submit --log my-wf.yaml' },
    { does: 'Submit from a template or a cron workflow', run: 'submit --from wftmpl/my-template -p message=hello' },
    { does: 'Submit from standard input', run: 'submit - < my-wf.yaml' },
  ],
  args: { complete: 'manifests', check: (args, flags) => (flags.text('from') !== '' && args.length > 0 ? 'cannot combine --from with file arguments' : undefined) },
  flags: [
    ...SUBMIT_FLAGS,
    ...AFTER_FLAGS,
    STRICT,
    { name: 'dry-run', type: 'bool', usage: 'modify the workflow on the client-side without creating it' },
    { name: 'server-dry-run', type: 'bool', usage: 'send request to server with dry-run flag which will modify the workflow without creating it' },
    { name: 'priority', type: 'int32', usage: 'workflow priority' },
    { name: 'from', type: 'string', placeholder: 'kind/name', usage: 'Submit from an existing kind/name, such as cronwf/nightly' },
    { name: 'status', type: 'string', usage: 'show only nodes of this status; with --watch', complete: 'phases' },
    NODE_SELECTOR,
    { name: 'scheduled-time', type: 'string', usage: "Override the workflow's scheduledTime parameter (useful for backfilling). The time must be RFC3339" },
    output('name', 'json', 'yaml', 'wide'),
  ],
  load: () => import('../../remote/commands/submit.ts'),
}
