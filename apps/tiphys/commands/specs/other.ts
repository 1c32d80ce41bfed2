// Commands around workflows: cp, auth, sync, convert, executor-plugin.
import type { CommandSpec, FlagSpec, Flags } from '../../flags/index.ts'
import { NO_COLOR } from './flags.ts'

export const cp: CommandSpec = {
  name: 'cp',
  operands: 'my-wf output-directory ...',
  short: 'copy artifacts from workflow',
  quiet: true,
  examples: [
    { does: "Copy a workflow's artifacts into a folder", run: 'cp my-wf ./out' },
    { does: 'Copy one artifact', run: "cp my-wf ./out --artifact-name report --path '{artifactName}'" },
  ],
  args: { complete: 'workflows' },
  flags: [
    { name: 'namespace', short: 'n', type: 'string', usage: 'namespace of workflow', complete: 'namespaces' },
    { name: 'node-id', type: 'string', usage: 'id of node in workflow' },
    { name: 'template-name', type: 'string', usage: 'name of template in workflow' },
    { name: 'artifact-name', type: 'string', usage: 'name of output artifact in workflow' },
    { name: 'path', type: 'string', default: '{namespace}/{workflowName}/{nodeId}/outputs/{artifactName}', usage: 'where files go, with {workflowName}, {nodeId}, {templateName}, {artifactName} and {namespace}' },
  ],
  load: () => import('../../remote/commands/cp.ts'),
}

export const auth: CommandSpec = {
  name: 'auth',
  short: 'manage authentication settings',
  examples: [{ does: 'Print the token for requests to the server', run: 'auth token' }],
  commands: [{ name: 'token', short: 'Print the auth token', args: { max: 0 }, load: () => import('../../remote/commands/auth-token.ts') }],
}

const TYPE: FlagSpec = { name: 'type', type: 'string', usage: 'Type of sync limit (database or configmap)', required: true }
const CONFIG_MAP: FlagSpec = { name: 'cm-name', type: 'string', usage: 'ConfigMap name (required if type is configmap)' }
const LIMIT: FlagSpec = { name: 'limit', type: 'int32', usage: 'Sync limit', required: true }

/** The flags are judged before a server is looked for. */
function limitProblem(flags: Flags): string | undefined {
  const type = flags.text('type').toUpperCase()
  if (type !== 'DATABASE' && type !== 'CONFIGMAP') return "--type must be either 'database' or 'configmap'"
  return type === 'CONFIGMAP' && flags.text('cm-name') === '' ? '--cm-name is required when type is configmap' : undefined
}

export const sync: CommandSpec = {
  name: 'sync',
  short: 'manage sync limits',
  examples: [
    { does: 'Keep the limit of a semaphore in the database', run: 'sync create my-key --type database --limit 10' },
    { does: 'Change one in a ConfigMap', run: 'sync update my-key --type configmap --cm-name my-configmap --limit 20' },
  ],
  commands: [
    { name: 'create', short: 'Create a sync limit', args: { min: 1, max: 1 }, check: limitProblem, flags: [LIMIT, TYPE, CONFIG_MAP], load: async () => ({ run: (await import('../../remote/commands/sync.ts')).createLimit }) },
    { name: 'get', short: 'Get a sync limit', args: { min: 1, max: 1 }, check: limitProblem, flags: [TYPE, CONFIG_MAP], load: async () => ({ run: (await import('../../remote/commands/sync.ts')).getLimit }) },
    { name: 'update', short: 'Update a sync limit', args: { min: 1, max: 1 }, check: limitProblem, flags: [LIMIT, TYPE, CONFIG_MAP], load: async () => ({ run: (await import('../../remote/commands/sync.ts')).updateLimit }) },
    { name: 'delete', short: 'Delete a sync limit', args: { min: 1, max: 1 }, check: limitProblem, flags: [TYPE, CONFIG_MAP], load: async () => ({ run: (await import('../../remote/commands/sync.ts')).deleteLimit }) },
  ],
}

export const convert: CommandSpec = {
  name: 'convert',
  operands: 'FILE...',
  short: 'convert workflow manifests from legacy format to current format',
  long: 'Convert writes manifests with today\'s lists in the place of a single schedule, mutex or semaphore.',
  examples: [
    { does: 'Convert a file', run: 'convert workflow.yaml' },
    { does: 'Convert a folder, as JSON', run: 'convert -o json ./manifests' },
  ],
  args: { min: 1, complete: 'manifests' },
  flags: [{ name: 'output', short: 'o', type: 'string', usage: 'Output format', values: ['yaml', 'json'], default: 'yaml' }, NO_COLOR],
  load: () => import('../convert.ts'),
}

export const executorPlugin: CommandSpec = {
  name: 'executor-plugin',
  short: 'manage executor plugins',
  examples: [{ does: 'Build the ConfigMap of a plugin from its folder', run: 'executor-plugin build ./my-plugin' }],
  commands: [{ name: 'build', operands: 'DIR', short: 'build an executor plugin', quiet: true, args: { min: 1, max: 1, complete: 'directories' }, load: () => import('../executor-plugin.ts') }],
}
