// Owns serving with nothing behind it: steps end as a file of stubs says, in real time.
import { join } from 'node:path'
import { type Stubs, readStubs } from '@tiphys/core/simulate'
import { type Json, type Problem, isJsonArray, isJsonObject } from '@tiphys/core/kube'
import { type LogScript, type SimulatedParts, createSimulatedRunner, playedClock } from '@tiphys/shell/adapters/simulated'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { Clock } from '@tiphys/shell/ports'
import type { RunHost } from '@tiphys/shell/runtime'
import { readDocument } from '../local/document.ts'
import type { ServerPlace } from './place.ts'

/** What plays in the place of steps. */
export interface Simulation {
  readonly stubs: Stubs
  readonly logs: LogScript
  /** Seconds of runs that pass in one of the host's. */
  readonly speed: number
}

export type ReadSimulation = { readonly ok: true; readonly simulation: Simulation; readonly warnings: readonly string[] } | { readonly ok: false; readonly message: string }

/** Reads the files of stubs and logs; an empty name is no file. */
export async function readSimulation(files: { readonly stubs: string; readonly logs: string; readonly speed: number }): Promise<ReadSimulation> {
  if (!(files.speed > 0 && Number.isFinite(files.speed))) return { ok: false, message: '--speed: a number above 0' }
  const stubs = await readFileWith(files.stubs, (value) => {
    const read = readStubs(value)
    return { value: read.stubs, problems: read.problems }
  })
  if (!stubs.ok) return stubs
  const logs = await readFileWith(files.logs, readScript)
  if (!logs.ok) return logs
  return { ok: true, simulation: { stubs: stubs.value, logs: logs.value, speed: files.speed }, warnings: unplayed(stubs.value) }
}

/** What stubs say of people has no effect where people are real. */
function unplayed(stubs: Stubs): readonly string[] {
  const keys = (['args', 'supply', 'then'] as const).filter((key) => stubs[key] !== undefined)
  return keys.map((key) => `stubs: ${key}: has no effect on a server: submit, set, resume and retry by its API`)
}

interface Reading<T> { readonly value: T; readonly problems: readonly Problem[] }

async function readFileWith<T>(file: string, read: (document: Json) => Reading<T>): Promise<{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string }> {
  if (file === '') return { ok: true, value: read({}).value }
  const document = await readDocument(file)
  if (!document.ok) return { ok: false, message: document.findings.map((finding) => `${finding.file}: ${finding.message}`).join('\n') }
  const { value, problems } = read(document.value ?? {})
  if (problems.length === 0) return { ok: true, value }
  const texts = problems.map(({ message, path = '', hint }) => {
    const { line, column } = document.place({ message, path })
    return `${file}:${line}:${column}: ${message}${hint === undefined ? '' : ` (${hint})`}`
  })
  return { ok: false, message: texts.join('\n') }
}

function readScript(document: Json): Reading<LogScript> {
  const script: Record<string, readonly string[]> = {}
  const problems: Problem[] = []
  if (!isJsonObject(document)) return { value: script, problems: [{ code: 'logs_invalid', path: '', message: 'logs are an object: container names and their lines' }] }
  for (const [container, lines] of Object.entries(document)) {
    if (isJsonArray(lines) && lines.every((line) => typeof line === 'string')) script[container] = lines
    else problems.push({ code: 'logs_invalid', path: container, message: `the log of ${container} is no list of texts` })
  }
  return { value: script, problems }
}

/** The clock of a server that plays: all its runs follow it, and a server that is started again goes on from there. */
export function clockOfPlay({ speed }: Simulation, { place, signal }: { readonly place: ServerPlace; readonly signal: AbortSignal }): Clock {
  return playedClock({ host: systemClock, speed, file: join(place.folder, 'simulated', 'time'), signal })
}

export interface Stage {
  readonly place: ServerPlace
  readonly clock: Clock
  readonly hostOf: () => RunHost
}

export function openSimulation({ stubs, logs }: Simulation, { place, clock, hostOf }: Stage): SimulatedParts {
  return createSimulatedRunner({
    stateFolder: join(place.folder, 'simulated'), stubs, logs, clock,
    stepOf: (workflowUid, nodeId) => {
      const run = hostOf().runOf(workflowUid)
      const node = run?.nodes.get(nodeId)
      if (run === undefined || node === undefined) return undefined
      const { name, displayName, templateName, templateRef, inputs } = node
      return { nodeName: name, displayName, templateName: templateName || templateRef?.template || '', workflowName: run.name, inputs }
    },
  })
}
