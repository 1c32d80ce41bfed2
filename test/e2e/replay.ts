// Owns the playing of requests that a real client made: the same again, names that the server draws put in, streams read to their end.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** One request as it was recorded, and how it was answered. */
export interface RecordedRequest {
  /** For how long people looked at the answer before. */
  readonly pauseMs?: number
  readonly method: string
  /** With `$(1)`, `$(2)` … for names that earlier answers brought. */
  readonly path: string
  readonly body?: object
  /** Which name its answer brings. */
  readonly makes?: number
  /** Read as a stream, until it ends or the workflow has. */
  readonly stream?: boolean
  readonly status: number
  readonly contentType: string
}

export interface Played {
  readonly request: string
  readonly status: number
  readonly contentType: string
}

export function readRecording(file: URL): readonly RecordedRequest[] {
  return readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as RecordedRequest)
}

export async function play(recording: readonly RecordedRequest[], address: string, token: string): Promise<readonly Played[]> {
  const names = new Map<string, string>()
  const named = (text: string): string => text.replaceAll(/\$\(\d+\)/g, (place) => names.get(place) ?? place)
  const played: Played[] = []
  for (const { method, path, body, makes, stream, pauseMs = 0 } of recording) {
    await sleep(pauseMs)
    const headers = { authorization: `Bearer ${token}`, ...(stream === true && { accept: 'text/event-stream' }), ...(body !== undefined && { 'content-type': 'application/json' }) }
    const stop = new AbortController()
    const response = await fetch(`${address}${named(path)}`, { method, headers, signal: stop.signal, ...(body !== undefined && { body: named(JSON.stringify(body)) }) })
    played.push({ request: `${method} ${path}`, status: response.status, contentType: (response.headers.get('content-type') ?? '').split(';')[0] ?? '' })
    if (stream === true) await readStream(response, stop)
    else if (makes === undefined) await response.arrayBuffer()
    else names.set(`$(${makes})`, ((await response.json()) as { metadata: { name: string } }).metadata.name)
  }
  return played
}

/** Until the server ends it, or until a workflow in it has ended: then clients go as well. */
async function readStream(response: Response, stop: AbortController): Promise<void> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true })
    if (text.includes('"workflows.argoproj.io/completed":"true"')) break
  }
  stop.abort()
}
