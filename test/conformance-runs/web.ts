// Owns a server on this machine that stands in for the addresses which manifests ask.
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Workflow } from '@tiphys/core/spec'

export interface Web {
  /** The workflow with every outside address replaced by one of this server. */
  inPlaceOf(workflow: Workflow): Workflow
  close(): Promise<void>
}

/** A program for steps that fetch one. */
const program = '#!/bin/sh\necho "$(basename "$0") $*"\n'

export async function openWeb(): Promise<Web> {
  const server = createServer((request, answer) => {
    const path = request.url ?? ''
    answer.statusCode = statusOf(path)
    answer.end(/\/kubectl$/.test(path) ? program : `stand-in of ${path.split('/')[1] ?? ''}\n`)
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  return {
    inPlaceOf: (workflow) => ({ ...workflow, spec: JSON.parse(JSON.stringify(workflow.spec).replace(/https?:\/\/(?!127\.|localhost|\{\{)/g, `http://127.0.0.1:${port}/`)) as Workflow['spec'] }),
    close: () => closed(server),
  }
}

/** What the real place would answer: a status that the path asks for, nothing under the name of a commit that is none. */
function statusOf(path: string): number {
  const asked = /\/status\/(\d{3})$/.exec(path)?.[1]
  if (asked !== undefined) return Number(asked)
  return /^\/raw\.githubusercontent\.com\/[^/]+\/[^/]+\/(?![0-9a-f]{40}\/)/.test(path) ? 404 : 200
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => { server.close(() => resolve()) })
}
