// Owns where the log of a container lies: one folder per workflow, one flat name per attempt and container.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { LogKey } from '@tiphys/shell/ports'

/**
 * Combined logs are one file. When the standard output of a step is wanted as its result, the two streams are files of their own.
 * The index tells how long the files were at which time; it exists only for steps that ran long enough to matter.
 */
export interface LogPaths {
  readonly combined: string
  readonly out: string
  readonly err: string
  readonly index: string
}

const partMax = 150
const plainForm = /^[A-Za-z0-9_+-][A-Za-z0-9._+-]{0,149}$/

export function logFolder(directory: string, workflowUid: string): string {
  return join(directory, fileNamePart(workflowUid))
}

export function logPaths(directory: string, key: LogKey): LogPaths {
  const stem = join(logFolder(directory, key.workflowUid), `${logStem(key)}.${fileNamePart(key.container)}`)
  return { combined: `${stem}.log`, out: `${stem}.out`, err: `${stem}.err`, index: `${stem}.idx` }
}

/** What the names of all logs of an attempt start with, without the last dot. */
export function logStem(key: Omit<LogKey, 'container'>): string {
  return `${fileNamePart(key.nodeId)}.${key.attempt}`
}

/** Any text as part of a file name: no separators, no leading dot, bounded, and still different for different texts. */
export function fileNamePart(text: string): string {
  if (plainForm.test(text)) return text
  const safe = text.replace(/[^A-Za-z0-9._+-]/g, '_')
  const name = safe.startsWith('.') || safe === '' ? `_${safe}` : safe
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16)
  return `${name.slice(0, partMax)}~${digest}`
}
