// Owns `tiphys server`: flags in, a server that runs until it is told to end.
import { parseImageMapping, type ImageMapping } from '@tiphys/shell/adapters/process'
import type { Invocation, Outcome } from '../flags/index.ts'
import { dataFolders } from '../local/home.ts'
import { openServer } from './open-server.ts'

const PORT_MAX = 65_535

export async function run({ flags, streams }: Invocation): Promise<Outcome> {
  const images: ImageMapping[] = []
  for (const text of flags.list('image-map')) {
    const mapping = parseImageMapping(text)
    if ('problem' in mapping) return { error: `--image-map ${text}: ${mapping.problem}` }
    images.push(mapping)
  }
  const port = flags.number('kube-port')
  if (port < 0 || port > PORT_MAX) return { error: `--kube-port ${port}: a port is a number from 0 to ${PORT_MAX}` }
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  const opened = await openServer({
    folders: dataFolders(flags.text('data-dir'), streams.env), images, kubePort: port, onTrouble: (message) => streams.stderr(`${message}\n`),
  })
  if (!opened.ok) return { error: opened.message }
  streams.stdout(`Kubernetes API on ${opened.server.address.kube}\nkubectl: tiphys kubeconfig --use\n`)
  await stopped
  await opened.server.close()
  return { exit: 0 }
}
