// Plays again what the Argo CLI asked of this server when it was tried by hand with every command: submit, watch, logs, retry, templates, cron and the rest.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { play, readRecording } from './replay.ts'
import { type TestServer, startServer } from './server.ts'

const recording = (name: string): URL => new URL(`../../fixtures/clients/${name}.jsonl`, import.meta.url)

describe('the Argo CLI over REST', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.stop())

  it.each(['argo-4.1-rest', 'argo-3.7-rest'])('%s: every request is answered as it was', async (name) => {
    const recorded = readRecording(recording(name))
    const { rest } = JSON.parse(readFileSync(join(server.data, 'server/address.json'), 'utf8')) as { rest: string }
    const played = await play(recorded, rest, server.token)
    expect(played).toEqual(recorded.map(({ method, path, status, contentType }) => ({ request: `${method} ${path}`, status, contentType })))
  })
})
