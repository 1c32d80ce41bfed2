// Owns the asking end of the control channel.
import { connect } from 'node:net'
import { type ControlReply, type ControlRequest, lineReader, readMessage } from './messages.ts'

/** `unreached`: nobody listens there, or went away without an answer; whether what was asked is stored is not known then. */
export type ControlOutcome = { readonly reached: true; readonly reply: ControlReply } | { readonly reached: false; readonly message: string }

export interface AskOptions {
  readonly path: string
  readonly request: ControlRequest
  /** How long to wait for the answer. */
  readonly timeoutMs: number
}

export function askControl({ path, request, timeoutMs }: AskOptions): Promise<ControlOutcome> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const read = lineReader()
    const end = (outcome: ControlOutcome): void => {
      socket.destroy()
      resolve(outcome)
    }
    socket.setEncoding('utf8')
    socket.setTimeout(timeoutMs, () => end({ reached: false, message: `there was no answer within ${timeoutMs / 1000} s` }))
    socket.on('error', (error) => end({ reached: false, message: error.message }))
    socket.on('close', () => end({ reached: false, message: 'the connection was closed without an answer' }))
    socket.on('data', (text: string) => {
      const line = read(text)?.[0]
      if (line !== undefined) end(outcomeOf(line))
    })
    socket.write(`${JSON.stringify({ id: 1, uid: request.uid, ask: request.ask })}\n`)
  })
}

function outcomeOf(line: string): ControlOutcome {
  const message = readMessage(line)
  if (message?.['ok'] === true) return { reached: true, reply: { ok: true } }
  const problem = message?.['problem'] as { readonly code?: unknown; readonly message?: unknown } | undefined
  if (message?.['ok'] !== false || typeof problem?.message !== 'string') return { reached: false, message: 'the answer was not understood' }
  return { reached: true, reply: { ok: false, problem: { code: String(problem.code ?? ''), message: problem.message } } }
}
