// Owns a server under fault tests: started on its data directory again and again, and asked over its REST API.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Program, Started } from './program.ts'

const START_MS = 30_000

export interface Served {
  readonly started: Started
  readonly address: string
  readonly token: string
}

export async function serve(program: Program, args: readonly string[] = []): Promise<Served> {
  const started = program.start(['server', '--port', '0', '--kube-port', '0', ...args])
  const from = Date.now()
  for (;;) {
    const address = /REST API on (\S+)/.exec(started.said())?.[1]
    if (address !== undefined) return { started, address, token: readFileSync(join(program.dataFolder, 'server/token'), 'utf8').trim() }
    expect(started.isOver(), started.said()).toBe(false)
    expect(Date.now() - from, 'the server starts').toBeLessThan(START_MS)
    await sleep(20)
  }
}

/** The status and the body of an answer. Rejects when the server is gone. */
export async function ask({ address, token }: Served, method: string, path: string, body?: object): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const response = await fetch(`${address}${path}`, {
    method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

interface Listed {
  readonly metadata: { readonly name: string }
  readonly status?: { readonly phase?: string }
}

export async function workflowsOf(served: Served): Promise<readonly Listed[]> {
  const { status, body } = await ask(served, 'GET', '/api/v1/workflows/default?fields=items.metadata.name,items.status.phase')
  expect(status, JSON.stringify(body)).toBe(200)
  return (body['items'] ?? []) as readonly Listed[]
}

export async function until(condition: () => Promise<boolean>, what: string, msMax = 90_000): Promise<void> {
  const from = Date.now()
  while (!(await condition())) {
    expect(Date.now() - from, what).toBeLessThan(msMax)
    await sleep(100)
  }
}
