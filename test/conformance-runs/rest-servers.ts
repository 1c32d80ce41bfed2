// Owns the servers of the recorded exchanges: one world behind three doors of the REST API, and a plain one to the Kubernetes API.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type RequestListener, createServer, request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { type ArgoServices, type PageOptions, createArgoHandler } from '@tiphys/shell/http'
import { dataFolders } from '../../apps/tiphys/local/home.ts'
import { configDefaults } from '../../apps/tiphys/server/configuration.ts'
import { openServer } from '../../apps/tiphys/server/open-server.ts'
import { restDefaults } from '../../apps/tiphys/server/rest.ts'
import { readSimulation } from '../../apps/tiphys/server/simulated.ts'

export interface RestServers {
  /** What the driver of the recordings wants to know, as it names it. */
  readonly env: { readonly BASE: string; readonly CLIENT: string; readonly CORS: string; readonly KUBE: string }
  readonly troubles: readonly string[]
  close(): Promise<void>
}

export interface WorldPlace {
  /** Folder with the world of the recordings. */
  readonly world: string
  readonly data: string
  /** Seconds of the world that pass in one of ours. */
  readonly speed: number
}

export async function openRestServers({ world, data, speed }: WorldPlace): Promise<RestServers> {
  const played = await readSimulation({ stubs: join(world, 'stubs.json'), logs: join(world, 'logs.json'), speed })
  if (!played.ok) throw new Error(played.message)
  fillStore(world, data)
  const troubles: string[] = []
  const onTrouble = (message: string): void => void troubles.push(message)
  const opened = await openServer({ folders: dataFolders(data, {}), images: [], kubePort: 0, rest: { ...restDefaults, port: 0 }, config: { ...configDefaults, file: join(world, 'config.yaml') }, simulation: played.simulation, onTrouble })
  if (!opened.ok) throw new Error(opened.message)
  const { server } = opened
  const { services } = server
  const doors = [
    await listen(door(services, 'server', {}, onTrouble)), await listen(door(services, 'client', {}, onTrouble)),
    await listen(door(services, 'server', { baseHref: '/argo/', allowOrigin: 'https://ui.example.com', xFrameOptions: 'SAMEORIGIN' }, onTrouble)),
    await listen(forwarding(server.address.kube, server.token)),
  ]
  const [BASE = '', CLIENT = '', CORS = '', KUBE = ''] = doors.map(({ url }) => url)
  await makeNamespaces(KUBE)
  const close = async (): Promise<void> => {
    for (const { end } of doors) end()
    await server.close()
  }
  return { env: { BASE, CLIENT, CORS, KUBE }, troubles, close }
}

/** What the recorded artifact store held lies in the store of this server: a folder stands for every object store. */
function fillStore(world: string, data: string): void {
  const objects = JSON.parse(readFileSync(join(world, 'bucket.json'), 'utf8')) as Readonly<Record<string, string>>
  for (const [name, content] of Object.entries(objects)) {
    const path = join(data, 'artifacts', 'plain', ...name.split('/').slice(1))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
}

/** The recorded server took any token for somebody's. */
function door(services: ArgoServices, mode: 'server' | 'client', pages: Partial<PageOptions>, onTrouble: (message: string) => void): RequestListener {
  return createArgoHandler({
    services, hosts: undefined, requestsPerSecondMax: 0, bodyBytesMax: 16 * 1024 * 1024, onTrouble: (error) => onTrouble(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    access: { modes: new Set([mode]), identify: async (credentials) => ({ subject: credentials.type === 'basic' ? credentials.user : '', readOnly: false, namespaces: undefined }) },
    pages: { baseHref: '/', allowOrigin: '', xFrameOptions: 'DENY', strictTransport: false, page: () => 'hi\n', ...pages },
  })
}

async function listen(handler: RequestListener): Promise<{ readonly url: string; readonly end: () => void }> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const end = (): void => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, end }
}

/** The driver of the recordings speaks neither TLS nor has it a token. */
function forwarding(kube: string, token: string): RequestListener {
  return (request, response) => {
    const { hostname, port } = new URL(kube)
    const headers = { ...request.headers, host: `127.0.0.1:${port}`, authorization: `Bearer ${token}` }
    const onward = secureRequest({ hostname, port, method: request.method, path: request.url, headers, rejectUnauthorized: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  }
}

const NAMESPACES = ['argo', 'other', 'play']

async function makeNamespaces(kube: string): Promise<void> {
  for (const name of NAMESPACES) {
    await new Promise<void>((resolve, reject) => {
      const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
      const made = plainRequest(`${kube}/api/v1/namespaces`, { method: 'POST', headers: { 'content-type': 'application/json' } }, (answer) => answer.resume().on('end', () => resolve()))
      made.on('error', reject)
      made.end(body)
    })
  }
}
