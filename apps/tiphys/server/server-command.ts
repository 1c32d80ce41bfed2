// Owns `tiphys server`: flags in, a server that runs until it is told to end.
import { parseImageMapping, type ImageMapping } from '@tiphys/shell/adapters/process'
import type { Flags, Invocation, Outcome } from '../flags/index.ts'
import { dataFolders } from '../local/home.ts'
import { configDefaults } from './configuration.ts'
import { openServer } from './open-server.ts'
import type { RestOptions } from './rest.ts'
import { type Simulation, readSimulation } from './simulated.ts'

const PORT_MAX = 65_535

export async function run({ flags, streams }: Invocation): Promise<Outcome> {
  const images: ImageMapping[] = []
  for (const text of flags.list('image-map')) {
    const mapping = parseImageMapping(text)
    if ('problem' in mapping) return { error: `--image-map ${text}: ${mapping.problem}` }
    images.push(mapping)
  }
  const kubePort = flags.number('kube-port')
  for (const name of ['port', 'kube-port']) {
    const port = flags.number(name)
    if (port < 0 || port > PORT_MAX) return { error: `--${name} ${port}: a port is a number from 0 to ${PORT_MAX}` }
  }
  const played = await simulationOf({ flags, streams })
  if (!played.ok) return { error: played.message }
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  const opened = await openServer({
    folders: dataFolders(flags.text('data-dir'), streams.env), images, kubePort, rest: restOf(flags), config: { ...configDefaults, file: flags.text('config'), name: flags.text('configmap') }, simulation: played.simulation, onTrouble: (message) => streams.stderr(`${message}\n`),
  })
  if (!opened.ok) return { error: opened.message }
  streams.stdout(`Argo REST API on ${opened.server.address.rest}\nKubernetes API on ${opened.server.address.kube}\nkubectl: tiphys kubeconfig --use\n`)
  await stopped
  await opened.server.close()
  return { exit: 0 }
}

function restOf(flags: Flags): RestOptions {
  return {
    port: flags.number('port'), modes: new Set(flags.list('auth-mode').map((mode) => (mode === 'server' ? 'server' : 'client'))), secure: flags.bool('secure'),
    baseHref: flags.text('base-href'), allowOrigin: flags.text('access-control-allow-origin'), xFrameOptions: flags.text('x-frame-options'),
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
