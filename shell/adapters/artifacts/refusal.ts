// Owns how trouble travels inside this folder: thrown as one kind of error, turned into a value at the edge.
import type { ArtifactProblem, ArtifactResult } from '@tiphys/shell/ports'

export class ArtifactRefusal extends Error {
  readonly code: ArtifactProblem['code']
  readonly hint: string | undefined

  constructor(code: ArtifactProblem['code'], message: string, hint?: string) {
    super(message)
    this.code = code
    this.hint = hint
  }
}

/** Runs a driver operation; refusals and system errors become problems. */
export async function settle<T>(work: () => Promise<T>): Promise<ArtifactResult<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    return { ok: false, problem: problemOf(error) }
  }
}

function problemOf(error: unknown): ArtifactProblem {
  if (error instanceof ArtifactRefusal) {
    const { code, message, hint } = error
    return hint === undefined ? { code, message } : { code, message, hint }
  }
  const message = error instanceof Error ? error.message : String(error)
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
  return { code: missing ? 'artifact_not_found' : 'artifact_unreachable', message }
}

export function unsupported<T>(driver: string, operation: string): Promise<ArtifactResult<T>> {
  return Promise.resolve({ ok: false, problem: { code: 'artifact_unsupported', message: `${driver} artifacts do not support ${operation}` } })
}
