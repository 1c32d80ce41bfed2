// Owns the end of an HTTP server: nothing new is taken, what is under way may finish, what goes on for ever is cut off.
import type { Server } from 'node:http'

const FINISH_MS = 1000

export async function drained(server: Pick<Server, 'close' | 'closeIdleConnections' | 'closeAllConnections'>, finishMs = FINISH_MS): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()))
  server.closeIdleConnections()
  const cut = setTimeout(() => server.closeAllConnections(), finishMs)
  await closed
  clearTimeout(cut)
}
