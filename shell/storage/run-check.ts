// Owns what the run log accepts: sizes, one-line records, and the problems it answers with.
import { type NewRun, type RunChange, type RunHolder, type RunProblem, type RunResult, runLogLimits } from '@tiphys/shell/ports'

export function refused(code: RunProblem['code'], message: string, more: { readonly hint?: string; readonly holder?: RunHolder } = {}): { readonly ok: false; readonly problem: RunProblem } {
  return { ok: false, problem: { code, message, ...more } }
}

export function done<T>(value: T): RunResult<T> {
  return { ok: true, value }
}

export function noSuchRun(uid: string): { readonly ok: false; readonly problem: RunProblem } {
  return refused('not_found', `there is no run with uid ${JSON.stringify(uid)}`)
}

/** The first thing wrong with a new run. */
export function problemOfRun(run: NewRun): RunProblem | undefined {
  const { manifestCharsMax, ownersMax } = runLogLimits
  if (run.uid === '') return problem('invalid', 'the uid of a run cannot be empty')
  const broken = [run.uid, run.name, run.namespace, ...(run.owners ?? [])].find(hasNul)
  if (broken !== undefined) return problem('invalid', `${JSON.stringify(broken)} holds a NUL character`)
  if (!Number.isSafeInteger(run.createdAt)) return problem('invalid', 'createdAt is not a whole number of milliseconds')
  if (run.manifest.length > manifestCharsMax) return tooLarge('the manifest', run.manifest.length, manifestCharsMax)
  const owners = run.owners?.length ?? 0
  if (owners > ownersMax) return tooLarge('the list of owners', owners, ownersMax)
  return problemOfChange(run)
}

export function problemOfChange(change: RunChange): RunProblem | undefined {
  const { detailsCharsMax, labelsMax, manifestCharsMax } = runLogLimits
  const labels = Object.keys(change.labels ?? {}).length
  if (labels > labelsMax) return tooLarge('the set of labels', labels, labelsMax)
  if ((change.details?.length ?? 0) > detailsCharsMax) return tooLarge('details', change.details?.length ?? 0, detailsCharsMax)
  if ((change.manifest?.length ?? 0) > manifestCharsMax) return tooLarge('the manifest', change.manifest?.length ?? 0, manifestCharsMax)
  const texts = [change.phase, change.template, change.progress, change.details, change.manifest, ...Object.entries(change.labels ?? {}).flat()]
  const broken = texts.find(hasNul)
  if (broken !== undefined) return problem('invalid', `${JSON.stringify(broken.slice(0, 100))} holds a NUL character`)
  for (const field of ['startedAt', 'finishedAt'] as const) {
    if (change[field] !== undefined && !Number.isSafeInteger(change[field])) return problem('invalid', `${field} is not a whole number of milliseconds`)
  }
  return undefined
}

/** Records stand one a line in a row, and rows are read joined by a control character, so a record with either would read back as two. */
export function problemOfRecord(record: string): RunProblem | undefined {
  if (record.length > runLogLimits.recordCharsMax) return tooLarge('the record', record.length, runLogLimits.recordCharsMax)
  if (record === '' || record.includes('\n') || record.includes('\0') || record.includes('\x1e')) return problem('invalid', 'a record is one line of JSON')
  return undefined
}

export function tooLarge(what: string, size: number, max: number): RunProblem {
  return problem('too_large', `${what} has size ${size}, at most ${max} is accepted`)
}

/** One of the engines ends a text at NUL, so what is stored would differ from what was given. */
function hasNul(text: string | undefined): text is string {
  return text?.includes('\0') === true
}

function problem(code: RunProblem['code'], message: string): RunProblem {
  return { code, message }
}
