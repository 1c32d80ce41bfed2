// Owns a port of its own for metrics and health, as the reference's controller has one: on this machine only, and open to whoever is on it.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { drained } from './drain.ts'

export interface MetricsDoor {
  /** Such as `http://127.0.0.1:9090/metrics`. */
  readonly address: string
  close(): Promise<void>
}

export interface MetricsDoorOptions {
  /** 0 for any free one. */
  readonly port: number
  /** Read at each request: the configuration can change. */
  readonly path: () => string
  readonly text: () => Promise<string>
  /** Whether the state can be read. */
  readonly isReady: () => Promise<boolean>
  readonly onTrouble: (error: unknown) => void
}

const LOOPBACK = '127.0.0.1'
const TYPE = 'text/plain; version=0.0.4; charset=utf-8'

interface Answer {
  readonly status: number
  readonly body: string
}

export async function openMetricsDoor(options: MetricsDoorOptions): Promise<MetricsDoor> {
  const server = createServer((request, response) => {
    void answerTo((request.url ?? '/').replace(/\?.*$/, ''), options).catch((error: unknown) => {
      options.onTrouble(error)
      return { status: 500, body: 'the metrics could not be read\n' }
    }).then(({ status, body }) => response.writeHead(status, { 'Content-Type': TYPE }).end(body))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, LOOPBACK, () => resolve())
  })
  const { port } = server.address() as AddressInfo
  return { address: `http://${LOOPBACK}:${port}${options.path()}`, close: () => drained(server) }
}

async function answerTo(path: string, { path: metricsPath, text, isReady }: MetricsDoorOptions): Promise<Answer> {
  if (path === metricsPath()) return { status: 200, body: await text() }
  if (path === '/healthz') return { status: 200, body: 'ok\n' }
  if (path === '/readyz') return (await isReady()) ? { status: 200, body: 'ok\n' } : { status: 503, body: 'the state cannot be read\n' }
  return { status: 404, body: 'there are /metrics, /healthz and /readyz\n' }
}
