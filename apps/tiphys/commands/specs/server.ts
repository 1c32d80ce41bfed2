// Commands of the server: starting one, and reaching it with Kubernetes clients.
import type { CommandSpec, FlagSpec } from '../../flags/index.ts'
import { IMAGE_MAP } from './flags.ts'
import { LOG_FORM } from './global.ts'

/** Of the reference's server: there is nothing here that they could set, and scripts give them. */
const idle = (name: string, more: Partial<FlagSpec> = {}): FlagSpec => ({ name, type: 'string', usage: 'taken for scripts, without a meaning here', hidden: true, idle: true, ...more })
const IDLE_FLAGS: readonly FlagSpec[] = [
  idle('allowed-link-protocol', { type: 'stringArray', default: ['http', 'https'] }), idle('browser', { short: 'b', type: 'bool' }), idle('event-async-dispatch', { type: 'bool' }),
  idle('event-operation-queue-size', { type: 'int', default: 16 }), idle('event-worker-count', { type: 'int', default: 4 }), idle('hsts', { type: 'bool', default: true }),
  idle('kube-api-burst', { type: 'int', default: 30 }), idle('kube-api-qps', { type: 'float32', default: 20 }), idle('tls-certificate-secret-name'),
]

export const server: CommandSpec = {
  name: 'server',
  short: 'serve the Argo REST API and the Kubernetes API of workflows on this machine',
  long: 'Server carries out any number of workflows in one process and serves them to the Argo CLI, kubectl and their kin, on this machine only and with a token. ' +
    'What it keeps lies in the data directory: a server that is started again goes on with what was under way. Ctrl-C ends it; steps go on and are taken up by the next one.',
  examples: [
    { does: 'Start a server', run: 'server' },
    { does: 'Start it on a port of its own, with stand-ins for the programs of an image', run: 'server --kube-port 7443 --image-map alpine=./tools' },
    { does: 'Try clients and templates with nothing behind them', run: 'server --runner simulate --stubs stubs.yaml --logs logs.yaml' },
    { does: 'Share a database with other servers', run: 'server --database postgres://tiphys@db.example.com/tiphys' },
    { does: 'Use it with kubectl', run: 'kubeconfig --use && kubectl get workflows' },
  ],
  args: { max: 0 },
  flags: [
    { name: 'port', short: 'p', type: 'int', usage: 'port of the Argo REST API; 0 for any that is free', default: 2746, placeholder: 'PORT' },
    {
      name: 'auth-mode', type: 'strings', usage: 'whom the Argo REST API serves: client (whoever brings the token) or server (everybody on this machine)', default: ['client'],
      values: ['client', 'server'], placeholder: 'MODE', argo: { type: 'stringArray', values: [] },
    },
    { name: 'secure', short: 'e', type: 'bool', usage: 'speak TLS on the port of the Argo REST API, with the certificate of the Kubernetes API', argo: { default: true } },
    { name: 'base-href', type: 'string', usage: 'below which path the pages are seen from outside', default: '/', placeholder: 'PATH' },
    { name: 'access-control-allow-origin', type: 'string', usage: 'the one origin of web pages that may use the Argo REST API', placeholder: 'ORIGIN' },
    { name: 'x-frame-options', type: 'string', usage: 'whether pages may be shown in frames of others', default: 'DENY', placeholder: 'VALUE' },
    { name: 'namespaced', type: 'bool', usage: 'serve one namespace by the Argo REST API, and refuse all others' },
    { name: 'managed-namespace', type: 'string', usage: 'the one namespace that is served (default argo with --namespaced, else all)', placeholder: 'NAMESPACE', argo: { usage: 'the one namespace that is served' } },
    { name: 'api-rate-limit', type: 'uint', usage: 'requests a second that one address may make to the Argo REST API; 0 for any number', default: 1000, placeholder: 'N' },
    { own: 'hidden', name: 'kube-port', type: 'int', usage: 'port of the Kubernetes API; 0 for any that is free', default: 2747, placeholder: 'PORT' },
    { own: 'hidden', name: 'config', type: 'string', usage: "configuration in the form of Argo's workflow-controller-configmap; changes of it count at once", placeholder: 'FILE', complete: 'files' },
    { name: 'configmap', type: 'string', usage: 'name of the ConfigMap in the namespace argo that configures the server, over what the file says', default: 'workflow-controller-configmap', placeholder: 'NAME' },
    { own: 'hidden', name: 'metrics-port', type: 'int', usage: 'also tell metrics and health on a port of their own (the reference has 9090), without a token; 0 for any that is free', placeholder: 'PORT' },
    {
      own: 'hidden', name: 'database', type: 'string', usage: 'keep runs, objects and the archive in this PostgreSQL database, which several servers may share, instead of the data directory', env: ['TIPHYS_DATABASE'],
      placeholder: 'URL',
    },
    { ...IMAGE_MAP, own: 'hidden' },
    { own: 'hidden', name: 'runner', type: 'string', usage: 'what carries steps out: processes of this machine, or nothing at all, with stubs in the place of steps', default: 'process', values: ['process', 'simulate'] },
    { own: 'hidden', name: 'stubs', type: 'string', usage: 'what steps do with --runner simulate, as for tiphys simulate', placeholder: 'FILE', complete: 'files' },
    { own: 'hidden', name: 'logs', type: 'string', usage: 'what containers print with --runner simulate: lists of lines by container name', placeholder: 'FILE', complete: 'files' },
    ...IDLE_FLAGS,
    ...LOG_FORM,
    { own: 'hidden', name: 'speed', type: 'string', usage: 'seconds of runs that pass in one second with --runner simulate', default: '1', placeholder: 'N' },
  ],
  load: () => import('../../server/server-command.ts'),
}

export const kubeconfig: CommandSpec = {
  name: 'kubeconfig',
  short: 'let kubectl reach the server of this machine',
  long: 'Kubeconfig adds a cluster, a user and a context named tiphys to a kubeconfig file; what else is in the file stays. Without --use the current context stays as well, unless there is none.',
  examples: [
    { does: 'Add the server to the usual kubeconfig and use it', run: 'kubeconfig --use' },
    { does: 'Write a file of its own', run: 'kubeconfig --file ./kubeconfig' },
    { does: 'Print it', run: 'kubeconfig --print' },
  ],
  args: { max: 0 },
  exclusive: [['file', 'print']],
  flags: [
    { name: 'file', type: 'string', usage: 'the kubeconfig file (default $KUBECONFIG, else ~/.kube/config)', placeholder: 'FILE', complete: 'files' },
    { name: 'print', type: 'bool', usage: 'print a kubeconfig and write nothing' },
    { name: 'use', type: 'bool', usage: 'make it the current context' },
  ],
  load: () => import('../../server/kubeconfig-command.ts'),
}
