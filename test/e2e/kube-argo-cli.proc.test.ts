// Replays what the real Argo CLI 4.1.2 asked of this server, command by command, when it worked through a kubeconfig without a server of its own.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type JsonObject, type Json, mergePatch } from '@tiphys/core/kube'
import { type Replied, type TestServer, ask, startServer } from './server.ts'

interface Recorded {
  readonly method: string
  readonly path: string
  readonly type?: string
  /** JSON as it was, or the base64 of a binary body. */
  readonly body?: Json
  /** What the command changed in the object that it had read before. */
  readonly edit?: JsonObject
  readonly status: number
  /** In which phase the workflow was when the command read it. */
  readonly phase?: string
  /** The name that the server made for a new object. */
  readonly generates?: string
}

interface Command {
  readonly command: string
  readonly requests: readonly Recorded[]
}

const commands = JSON.parse(readFileSync(new URL('argo-cli-requests.json', import.meta.url), 'utf8')) as readonly Command[]
const LOOKS_MAX = 150

let server: TestServer
beforeAll(async () => { server = await startServer() })
afterAll(() => server.stop())

/** Names that were made when it was recorded, and those that are made now. */
const names = new Map<string, string>()
const renamed = (text: string): string => [...names].reduce((at, [then, now]) => at.replaceAll(then, now), text)

async function reply({ method, path, type, body, edit }: Recorded): Promise<Replied> {
  const to = `${renamed(path)}${path.includes('watch=true') ? '&timeoutSeconds=1' : ''}`
  if (edit !== undefined) {
    const edited = mergePatch(await living(to, edit), edit)
    return ask(server, { method, path: to, body: JSON.stringify(edited.ok ? edited.value : {}) })
  }
  const headers = type === undefined ? {} : { 'Content-Type': type }
  const isBinary = type?.includes('protobuf') === true
  const bytes = body === undefined ? undefined : isBinary ? Buffer.from(String(body), 'base64') : renamed(JSON.stringify(body))
  return ask(server, { method, path: to, headers: bytes === undefined ? headers : { ...headers, 'Content-Length': String(Buffer.byteLength(bytes)) }, ...(bytes !== undefined && { body: bytes }) })
}

/** The object of a path, once it has the nodes that are about to be edited. */
async function living(path: string, edit: JsonObject): Promise<JsonObject> {
  const nodesOf = (object: JsonObject): JsonObject => ((object['status'] ?? {}) as { readonly nodes?: JsonObject }).nodes ?? {}
  for (let looks = 1; ; looks++) {
    const live = (await ask(server, { path })).json as JsonObject
    if (Object.keys(nodesOf(edit)).every((id) => nodesOf(live)[id] !== undefined) || looks >= LOOKS_MAX) return live
    await sleep(100)
  }
}

/** What the command met with patience: another writer, and a pod that is not there yet. */
function isEarly({ edit, path }: Recorded, status: number): boolean {
  return (edit !== undefined && status === 409) || (path.includes('/log?') && status === 404)
}

const ENDED: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'Error'])

/** A workflow gets to the end in which the command met it; how far others are depends on the machine. */
async function reached(request: Recorded): Promise<Replied> {
  for (let looks = 1; ; looks++) {
    const answer = await reply(request)
    const { phase = '' } = (answer.json['status'] ?? {}) as { readonly phase?: string }
    if (isEarly(request, answer.status) && looks < LOOKS_MAX) {
      await sleep(100)
      continue
    }
    if (request.phase === undefined || phase === request.phase || !ENDED.has(request.phase) || looks >= LOOKS_MAX) return answer
    await sleep(100)
  }
}

describe('the Argo CLI through a kubeconfig', () => {
  it.each(commands.map(({ command, requests }) => [command, requests] as const))('%s', async (_command, requests) => {
    for (const request of requests) {
      const answer = await reached(request)
      expect([request.path, answer.status]).toEqual([request.path, request.status])
      const { status, metadata } = answer.json as { readonly status?: { readonly phase?: string }; readonly metadata?: { readonly name: string } }
      if (request.phase !== undefined && ENDED.has(request.phase)) expect([request.path, status?.phase]).toEqual([request.path, request.phase])
      if (request.generates !== undefined) names.set(request.generates, metadata?.name ?? '')
      if (request.path.includes('watch=true')) for (const line of answer.text.trim().split('\n').filter((text) => text !== '')) expect(JSON.parse(line)).toMatchObject({ type: expect.any(String), object: { kind: expect.any(String) } })
    }
  })
})
