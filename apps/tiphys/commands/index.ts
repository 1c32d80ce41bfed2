// The command tree of the program, as data; the code of a command loads when it runs.
import type { CommandSpec } from '../flags/index.ts'
import { archive } from './specs/archive.ts'
import { node, remove, resume, stop, suspend, terminate } from './specs/change.ts'
import { DATA_DIR, NAMESPACE } from './specs/flags.ts'
import { GLOBAL_FLAGS } from './specs/global.ts'
import { auth, convert, cp, executorPlugin, sync } from './specs/other.ts'
import { get, list, logs, wait, watch, why } from './specs/read.ts'
import { resubmit, retry, run } from './specs/run.ts'
import { backup, doctor, restore } from './specs/operate.ts'
import { kubeconfig, server } from './specs/server.ts'
import { submit } from './specs/submit.ts'
import { clusterTemplate, cron, template } from './specs/templates.ts'
import { evaluate, lint, schema, simulate } from './specs/tools.ts'

const version: CommandSpec = {
  name: 'version',
  short: 'print version information',
  examples: [{ does: 'Print the version alone', run: 'version --short' }],
  args: {},
  flags: [
    { name: 'short', type: 'bool', usage: 'print just the version number' },
    { name: 'output', short: 'o', type: 'string', usage: 'Output format', values: ['json'], own: true },
  ],
  load: () => import('./version.ts'),
}

const completion: CommandSpec = {
  name: 'completion',
  operands: 'SHELL',
  short: 'output shell completion code for the specified shell (bash, zsh or fish)',
  examples: [
    { does: 'Load completion into this bash', run: 'completion bash > /tmp/tiphys.bash && source /tmp/tiphys.bash' },
    { does: 'Install it for zsh', run: 'completion zsh > "${fpath[1]}/_tiphys"' },
    { does: 'Install it for fish', run: 'completion fish > ~/.config/fish/completions/tiphys.fish' },
  ],
  args: { min: 1, max: 1, complete: 'shells' },
  load: () => import('./completion.ts'),
}

export const root: CommandSpec = {
  name: 'tiphys',
  short: 'runs Argo Workflows manifests on one machine, in CI and on Kubernetes',
  examples: [
    { does: 'Run a workflow', run: 'run workflow.yaml' },
    { does: 'See what ran, and what it printed', run: 'list && tiphys logs @latest' },
    { does: 'Find out why it is stuck or failed', run: 'why @latest' },
  ],
  persistentFlags: [DATA_DIR, NAMESPACE, ...GLOBAL_FLAGS],
  commands: [run, submit, list, get, watch, wait, logs, why, stop, terminate, suspend, resume, node, retry, resubmit, remove, simulate, lint, evaluate, schema, template, clusterTemplate, cron, archive, cp, sync, auth, convert, executorPlugin, server, kubeconfig, doctor, backup, restore, version, completion],
}
