// Flags of all commands that say which server to ask, as whom, and in whose words to answer.
import type { FlagSpec } from '../../flags/index.ts'

export const COMPAT: FlagSpec = { name: 'compat', type: 'string', usage: 'answer as another program does, in its words, colours and verdicts', values: ['argo'], env: ['TIPHYS_COMPAT'], own: 'hidden' }

/** How the server is reached. Each may stand in the environment under the reference's name. */
const SERVER_FLAGS: readonly FlagSpec[] = [
  { name: 'argo-server', short: 's', type: 'string', placeholder: 'host:port', usage: 'the server to ask; without one, the data directory or the server that runs on it', env: ['TIPHYS_SERVER', 'ARGO_SERVER'] },
  { name: 'argo-base-href', type: 'string', usage: 'path in front of all paths of the server', env: ['ARGO_BASE_HREF'] },
  { name: 'argo-http1', type: 'bool', usage: 'speak HTTP 1 with the server, which happens in any case' },
  { name: 'header', short: 'H', type: 'strings', usage: 'send a header with all requests', placeholder: 'strings', env: ['ARGO_HEADER'] },
  { name: 'secure', short: 'e', type: 'bool', default: true, usage: 'whether the server speaks TLS', env: ['ARGO_SECURE'] },
  { name: 'insecure-skip-verify', short: 'k', type: 'bool', usage: 'take any certificate of the server', env: ['ARGO_INSECURE_SKIP_VERIFY'] },
  { name: 'instanceid', type: 'string', usage: 'the instance id of the controller, where there are several', env: ['ARGO_INSTANCEID'] },
  { name: 'token', type: 'string', usage: 'bearer token for the server, where ARGO_TOKEN is not set' },
]

const kubectl = (name: string, usage: string, more: Partial<FlagSpec> = {}): FlagSpec => ({ name, type: 'string', usage, env: [`ARGO_${name.toUpperCase().replaceAll('-', '_')}`], hidden: true, ...more })

/** What the reference takes for clusters. Only what a server needs has a meaning yet: the kubeconfig, its context, and certificates. */
const CLUSTER_FLAGS: readonly FlagSpec[] = [
  kubectl('as', 'user to act for'),
  kubectl('as-group', 'group to act for', { type: 'stringArray' }),
  kubectl('as-uid', 'uid to act for'),
  kubectl('certificate-authority', 'file with the authority of the server', { complete: 'files' }),
  kubectl('client-certificate', 'file with a client certificate', { complete: 'files' }),
  kubectl('client-key', 'file with the key of the client certificate', { complete: 'files' }),
  kubectl('cluster', 'cluster of the kubeconfig'),
  kubectl('context', 'context of the kubeconfig'),
  kubectl('disable-compression', 'ask for no compressed answers', { type: 'bool' }),
  kubectl('insecure-skip-tls-verify', 'take any certificate of the cluster', { type: 'bool' }),
  kubectl('kubeconfig', 'the kubeconfig file', { complete: 'files' }),
  kubectl('password', 'password for the server', { env: [] }),
  kubectl('proxy-url', 'proxy to the server'),
  kubectl('request-timeout', 'how long a request may take; 0 for any time', { default: '0' }),
  kubectl('server', 'address of the cluster', { env: [] }),
  kubectl('tls-server-name', 'name that the certificate of the server bears'),
  kubectl('user', 'user of the kubeconfig', { env: [] }),
  kubectl('username', 'user name for the server', { env: [] }),
]

/** Level and form of logs, which the reference's server declares once more. */
export const LOG_FORM: readonly FlagSpec[] = [
  { name: 'loglevel', type: 'string', default: 'info', usage: 'Set the logging level. One of: debug|info|warn|error', env: ['ARGO_LOGLEVEL'], hidden: true },
  { name: 'log-format', type: 'string', default: 'text', usage: 'The formatter to use for logs. One of: text|json', env: ['ARGO_LOG_FORMAT'], hidden: true },
]

const LOG_FLAGS: readonly FlagSpec[] = [
  ...LOG_FORM,
  { name: 'gloglevel', type: 'int', usage: 'Set the glog logging level', env: ['ARGO_GLOGLEVEL'], hidden: true },
  { name: 'verbose', short: 'v', type: 'bool', usage: 'tell more: the same as --loglevel debug', env: ['ARGO_VERBOSE'] },
]

export const GLOBAL_FLAGS: readonly FlagSpec[] = [COMPAT, ...SERVER_FLAGS, ...CLUSTER_FLAGS, ...LOG_FLAGS]
