// Owns the listening end of the control channel. Whoever may open the socket may ask: the folder around it is private to its user.
import { rmSync } from 'node:fs'
import { type Socket, createServer } from 'node:net'
import { type ControlReply, type ControlRequest, controlLimits, lineReader, readMessage } from './messages.ts'

export interface ControlServer {
  /** Stops listening; requests that are being answered get their answers. */
  close(): Promise<void>
}

export interface ControlServerOptions {
  readonly path: string
  /** Resolves once what was asked is stored. */
  readonly answer: (request: ControlRequest) => Promise<ControlReply>
}

/** Listens from now on. A process that cannot listen still carries out its runs, so trouble is given to `onTrouble`, not thrown. */
export function openControlServer(options: ControlServerOptions & { readonly onTrouble?: (message: string) => void }): ControlServer {
  const sockets = new Map<Socket, { pending: number }>()
  const server = createServer((socket) => serve(socket, sockets, options))
  server.on('error', (error) => options.onTrouble?.(`nobody can change this run from outside: ${error.message}`))
  server.listen(options.path)
  server.unref()
  return {
    close: () => new Promise((resolve) => {
      server.close(() => {
        rmSync(options.path, { force: true })
        resolve()
      })
      for (const [socket, state] of sockets) if (state.pending === 0) socket.end()
    }),
  }
}

function serve(socket: Socket, sockets: Map<Socket, { pending: number }>, options: ControlServerOptions): void {
  const state = { pending: 0 }
  const read = lineReader()
  sockets.set(socket, state)
  socket.unref()
  socket.setEncoding('utf8')
  socket.on('close', () => sockets.delete(socket))
  socket.on('error', () => socket.destroy())
  socket.on('data', (text: string) => {
    const lines = read(text)
    if (lines === undefined || state.pending + lines.length > controlLimits.pendingMax) return void socket.destroy()
    for (const line of lines) void reply(socket, state, { line, answer: options.answer })
  })
}

async function reply(socket: Socket, state: { pending: number }, at: { line: string; answer: ControlServerOptions['answer'] }): Promise<void> {
  const message = readMessage(at.line)
  state.pending += 1
  const answer = await answerTo(message, at.answer)
  state.pending -= 1
  if (socket.writable) socket.write(`${JSON.stringify({ id: message?.['id'] ?? null, ...answer })}\n`)
}

async function answerTo(message: ReturnType<typeof readMessage>, answer: ControlServerOptions['answer']): Promise<ControlReply> {
  const uid = message?.['uid']
  if (message === undefined || typeof uid !== 'string') return { ok: false, problem: { code: 'invalid', message: 'a request is a JSON object with the uid of a run' } }
  try {
    return await answer({ uid, ask: message['ask'] })
  } catch (error) {
    return { ok: false, problem: { code: 'failed', message: error instanceof Error ? error.message : String(error) } }
  }
}
