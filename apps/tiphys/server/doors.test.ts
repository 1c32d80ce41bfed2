// Checks how doors of the server close, and what the one for metrics answers.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { drained } from './drain.ts'
import { openMetricsDoor } from './metrics-port.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

it('lets requests under way finish, cuts off streams, and takes nothing new', async () => {
  let finish = (): void => undefined
  const server = createServer((request, response) => {
    if (request.url === '/stream') response.write('one line')
    else finish = () => void response.end('done')
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const asked = new Promise<void>((resolve) => server.on('request', (request) => request.url === '/slow' && resolve()))
  const slow = fetch(`${url}/slow`).then((response) => response.text())
  const stream = await fetch(`${url}/stream`)
  await asked
  const over = drained(server, 200)
  finish()
  expect(await slow).toBe('done')
  await expect(stream.text()).rejects.toThrow('terminated')
  await over
  await expect(fetch(url)).rejects.toThrow()
})

it('tells metrics at the path of the configuration, and how the server is', async () => {
  let [path, ready, text] = ['/metrics', true, 'a 1\n']
  const troubles: unknown[] = []
  const door = await openMetricsDoor({
    port: 0, path: () => path, isReady: async () => ready, onTrouble: (error) => troubles.push(error),
    text: async () => {
      if (text === '') throw new Error('no storage')
      return text
    },
  })
  closing.push(() => door.close())
  const get = async (at: string): Promise<string> => {
    const response = await fetch(new URL(at, door.address))
    return `${response.status} ${await response.text()}`
  }
  expect(await Promise.all(['/metrics', '/healthz', '/readyz', '/other'].map(get))).toEqual(['200 a 1\n', '200 ok\n', '200 ok\n', '404 there are /metrics, /healthz and /readyz\n'])
  path = '/telemetry'
  ready = false
  expect(await Promise.all(['/metrics', '/telemetry', '/readyz'].map(get))).toEqual([expect.stringContaining('404'), '200 a 1\n', '503 the state cannot be read\n'])
  text = ''
  expect(await get('/telemetry')).toBe('500 the metrics could not be read\n')
  expect(troubles).toHaveLength(1)
})
