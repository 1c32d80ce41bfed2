// Owns `tiphys server`: flags in, a server that runs until it is told to end.
import { systemClock } from '@tiphys/shell/adapters/system'
import type { Flags, Invocation, Outcome } from '../flags/index.ts'
import { givenImages } from '../local/given.ts'
import { dataFolders } from '../local/home.ts'
import { configDefaults } from './configuration.ts'
import { databaseProblem } from './database.ts'
import { createLog, logLevelOf } from './log.ts'
import { openServer } from './open-server.ts'
import type { RestOptions } from './rest.ts'
import { type Simulation, readSimulation } from './simulated.ts'

const PORT_MAX = 65_535
/** Where the reference is installed, unless somebody says otherwise. */
const HOME = 'argo'

export async function run({ flags, streams }: Invocation): Promise<Outcome> {
  const mapped = givenImages(flags)
  if (!mapped.ok) return { error: mapped.message }
  const mode = flags.list('auth-mode').find((given) => given !== 'client' && given !== 'server')
  if (mode !== undefined) return { error: `--auth-mode ${mode}: it is client or server` }
  const kubePort = flags.number('kube-port')
  for (const name of ['port', 'kube-port', 'metrics-port']) {
    const port = flags.given(name) || name !== 'metrics-port' ? flags.number(name) : 0
    if (port < 0 || port > PORT_MAX) return { error: `--${name} ${port}: a port is a number from 0 to ${PORT_MAX}` }
  }
  const level = flags.bool('verbose') ? 'debug' : logLevelOf(flags.text('loglevel'))
  const format = flags.text('log-format')
  if (level === undefined || (format !== 'text' && format !== 'json')) return { error: '--loglevel is one of debug, info, warn and error, --log-format one of text and json' }
  const log = createLog({ format, level, write: streams.stderr, now: () => systemClock.now() })
  const database = flags.text('database')
  const problem = database === '' ? undefined : databaseProblem(database)
  if (problem !== undefined) return { error: `--database: ${problem}` }
  const played = await simulationOf({ flags, streams })
  if (!played.ok) return { error: played.message }
  const stopped = new Promise<string>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal))
  })
  const opened = await openServer({
    folders: dataFolders(flags.text('data-dir'), streams.env), images: mapped.images, kubePort, rest: restOf(flags), config: { ...configDefaults, file: flags.text('config'), name: flags.text('configmap') }, simulation: played.simulation,
    ...(database !== '' && { database }),
    ...(flags.given('metrics-port') && { metricsPort: flags.number('metrics-port') }), logged: () => log.counts, onTrouble: (message) => log.warn(message),
  })
  if (!opened.ok) return { error: opened.message }
  const { address: { rest = '', kube }, metrics } = opened.server
  streams.stdout(`Argo REST API on ${rest}\nKubernetes API on ${kube}\n${metrics === undefined ? '' : `metrics on ${metrics}\n`}kubectl: tiphys kubeconfig --use${flags.text('data-dir') === '' ? '' : ` --data-dir ${flags.text('data-dir')}`}\n`)
  if (format === 'json') log.info('listening', { rest, kube, ...(metrics !== undefined && { metrics }) })
  const signal = await stopped
  if (format === 'json') log.info('ending', { signal })
  await opened.server.close()
  if (format === 'json') log.info('ended')
  return { exit: 0 }
}

function restOf(flags: Flags): RestOptions {
  return {
    port: flags.number('port'), modes: new Set(flags.list('auth-mode').map((mode) => (mode === 'server' ? 'server' : 'client'))), secure: flags.bool('secure'),
    baseHref: flags.text('base-href'), allowOrigin: flags.text('access-control-allow-origin'), xFrameOptions: flags.text('x-frame-options'),
    managedNamespace: flags.bool('namespaced') ? flags.text('managed-namespace') || HOME : flags.text('managed-namespace'), requestsPerSecondMax: flags.number('api-rate-limit'),
  }
}

type Played = { readonly ok: true; readonly simulation: Simulation | undefined } | { readonly ok: false; readonly message: string }

async function simulationOf({ flags, streams }: Pick<Invocation, 'flags' | 'streams'>): Promise<Played> {
  const [stubs, logs] = [flags.text('stubs'), flags.text('logs')]
  if (flags.text('runner') !== 'simulate') {
    return stubs === '' && logs === '' ? { ok: true, simulation: undefined } : { ok: false, message: '--stubs and --logs say what steps do instead of running: add --runner simulate' }
  }
  const read = await readSimulation({ stubs, logs, speed: Number(flags.text('speed')) })
  if (!read.ok) return read
  for (const warning of read.warnings) streams.stderr(`warning: ${warning}\n`)
  return { ok: true, simulation: read.simulation }
}
