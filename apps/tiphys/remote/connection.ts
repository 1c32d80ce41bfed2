// Owns calls to the Argo REST API of a server: JSON in, JSON out, refusals as failures; and its streams of events.
import { type Json, isJsonObject, jsonProblem } from '@tiphys/core/kube'
import { Mistake, RemoteFailure, codeName } from './failure.ts'
import { type Query, queryText } from './query.ts'
import type { Server } from './server.ts'
import { type Answer, type Method, exchange, linesOf, open } from './transport.ts'

export interface Call {
  readonly method: Method
  readonly path: string
  readonly query?: Query
  readonly body?: unknown
}

/** A path whose variable parts are encoded. What would lead to another path is no name. */
export function pathTo(strings: TemplateStringsArray, ...parts: readonly string[]): string {
  const astray = parts.find((part) => part === '.' || part === '..')
  if (astray !== undefined) throw new Mistake(`${JSON.stringify(astray)} is no name`)
  return strings.reduce((path, text, index) => path + encodeURIComponent(parts[index - 1] ?? '').replaceAll('%40', '@') + text)
}

export class Connection {
  readonly #server: Server

  constructor(server: Server) {
    this.#server = server
  }

  async call<T>({ method, path, query = {}, body }: Call): Promise<T> {
    // The reference always writes the question mark.
    const answer = await exchange(this.#transport(), method, { path: `${path}?${queryText(query)}`, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    if (answer.status !== 200) throw refusal(answer)
    const text = answer.body.toString('utf8')
    const problem = jsonProblem(text)
    if (problem !== undefined) throw new RemoteFailure('Internal', { argo: problem, own: `what answers at ${this.#server.transport.url} is no server of workflows` })
    return JSON.parse(text) as T
  }

  /** The bytes at a path outside the API, such as an artifact. */
  async download(path: string): Promise<Answer> {
    return exchange(this.#transport(), 'GET', { path })
  }

  /** The results of a stream until the server ends it. */
  async *stream<T>(path: string, query: Query): AsyncGenerator<T> {
    // A stream may be quiet for as long as nothing happens.
    const response = await open({ ...this.#transport(), timeoutMs: 0 }, 'GET', { path: `${path}?${queryText(query)}`, accept: 'text/event-stream' })
    if (response.statusCode !== 200) {
      const chunks: Buffer[] = []
      for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
      throw refusal({ status: response.statusCode ?? 0, reason: response.statusMessage ?? '', body: Buffer.concat(chunks) })
    }
    for await (const line of unbroken(linesOf(response))) {
      const event = parse(line.startsWith('data: ') ? line.slice('data: '.length) : '')
      if (event === undefined || !isJsonObject(event)) continue
      const { error, result } = event
      if (isJsonObject(error)) throw RemoteFailure.answered(codeName(Number(error['grpc_code'])), String(error['message']))
      if (result !== undefined) yield result as T
    }
  }

  #transport(): Server['transport'] {
    const { transport, auth } = this.#server
    return { ...transport, headers: { ...transport.headers, authorization: auth } }
  }
}

/** A connection that breaks is a failure like others; one that is ended from here is not. */
async function* unbroken(lines: AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    yield* lines
  } catch (error) {
    if (error instanceof RemoteFailure || (error as Error).name === 'AbortError') throw error
    throw new RemoteFailure('Unavailable', { argo: 'unexpected EOF', own: 'the connection to the server broke' })
  }
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

/** What a server says when it refuses; a proxy before it, or a stream, may say it otherwise. */
function refusal({ status, reason, body }: Answer): RemoteFailure {
  const text = body.toString('utf8')
  const said = parse(text)
  if (isJsonObject(said) && typeof said['message'] === 'string') return RemoteFailure.answered(codeName(Number(said['code'] ?? 0)), said['message'])
  const framed = parse(/^data: (.*)$/m.exec(text)?.[1] ?? text)
  const error = isJsonObject(framed) ? framed['error'] : undefined
  const argo = `rpc error: code = Internal desc = : &{${status} ${reason} ${status} HTTP/1.1 1 1 map[] ${text.length} [] false false map[] <nil>}`
  if (isJsonObject(error)) return new RemoteFailure(codeName(Number(error['grpc_code'])), { argo, own: String(error['message']) })
  return new RemoteFailure('Internal', { argo, own: `the server answered ${status} ${reason}${text === '' ? '' : `: ${text.slice(0, 500).trim()}`}` })
}
