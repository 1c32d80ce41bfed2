// The command tree of the program, as data; the code of a command loads when it runs.
import type { CommandSpec, FlagSpec } from '../flags/index.ts'

export const VERSION = '0.1.0'

const DATA_DIR: FlagSpec = { name: 'data-dir', type: 'string', usage: 'where runs are kept', placeholder: 'DIR', env: ['TIPHYS_DATA_DIR'], complete: 'folders' }
const NO_COLOR: FlagSpec = { name: 'no-color', type: 'bool', usage: 'disable colorized output' }

const run: CommandSpec = {
  name: 'run',
  operands: 'FILE',
  short: 'run a workflow on this machine and show it live',
  long: 'Run takes an Argo Workflow manifest as it is, carries out its steps as processes of this machine, shows them live and ends with the result: ' +
    'exit code 0 for Succeeded, 1 for Failed or Error, 2 for bad usage or an invalid manifest. Ctrl-C stops the workflow (exit handlers run), a second one terminates it.',
  examples: [
    { does: 'Run a manifest', run: 'run workflow.yaml' },
    { does: 'Give parameters', run: 'run workflow.yaml -p message=hello -f params.yaml' },
    { does: 'Bring templates that the workflow refers to', run: 'run workflow.yaml --with templates/' },
    { does: 'Give the programs of an image by a folder', run: 'run workflow.yaml --image-map alpine=./tools' },
    { does: 'Go on with a run that was interrupted', run: 'run --resume my-workflow' },
    { does: 'Get the finished workflow as JSON', run: 'run workflow.yaml -o json' },
  ],
  args: { max: 1, complete: 'files', check: (args, flags) => (args.length === 0 && !flags.given('resume') ? 'run needs a FILE, or --resume NAME' : undefined) },
  flags: [
    { name: 'parameter', short: 'p', type: 'stringArray', usage: 'pass an input parameter', placeholder: 'NAME=VALUE' },
    { name: 'parameter-file', short: 'f', type: 'string', usage: 'pass a file containing all input parameters', placeholder: 'FILE', complete: 'files' },
    { name: 'entrypoint', type: 'string', usage: 'override entrypoint' },
    { name: 'name', type: 'string', usage: 'override metadata.name' },
    { name: 'with', type: 'stringArray', usage: 'add templates, ConfigMaps and Secrets from a file or folder', placeholder: 'PATH', complete: 'files' },
    { name: 'runner', type: 'string', usage: 'how steps run', default: 'auto', values: ['auto', 'process'] },
    { name: 'image-map', type: 'stringArray', usage: 'use a folder for the programs of an image', placeholder: 'IMAGE=FOLDER' },
    { name: 'resume', type: 'string', usage: 'go on with an interrupted run', placeholder: 'NAME', complete: 'workflows' },
    { name: 'log', type: 'bool', usage: 'print what steps print' },
    { name: 'output', short: 'o', type: 'string', usage: 'output format', values: ['json', 'yaml', 'name', 'tree'] },
    DATA_DIR,
    NO_COLOR,
  ],
  load: () => import('./run.ts'),
}

export const root: CommandSpec = {
  name: 'tiphys',
  short: 'runs Argo Workflows manifests on one machine, in CI and on Kubernetes',
  commands: [
    run,
    { name: 'version', short: 'print version information', load: () => import('./version.ts') },
  ],
}
