// Owns how lint results read: for people, with a summary, or one line a problem.
import { type Look, paint, underline } from './paint.ts'

/** What was found in one file. */
export interface LintedFile {
  readonly file: string
  /** Whether the file held anything of the kinds that were asked for. */
  readonly linted: boolean
  /** Such as `in "bad" (Workflow): template name 'nothing' undefined`. */
  readonly problems: readonly string[]
}

export type LintFormat = 'pretty' | 'simple'

/** The report and its last line; the exit code is 1 unless `good`. */
export function describeLint(files: readonly LintedFile[], format: LintFormat, look: Pick<Look, 'colour'>): { readonly text: string; readonly good: boolean } {
  const faulty = files.filter(({ linted, problems }) => linted && problems.length > 0)
  const nothing = !files.some(({ linted }) => linted)
  const count = faulty.reduce((sum, { problems }) => sum + problems.length, 0)
  const good = !nothing && count === 0
  const body = faulty.map((file) => (format === 'pretty' ? prettyFile(file, look) : simpleFile(file))).join('')
  return { text: body + (format === 'pretty' ? prettySummary({ nothing, count }, look) : simpleSummary({ nothing, count })), good }
}

interface Summary {
  readonly nothing: boolean
  readonly count: number
}

function prettyFile({ file, problems }: LintedFile, look: Pick<Look, 'colour'>): string {
  const lines = problems.map((problem) => `   ${paint('✖', 'red', look)} ${problem}\n`)
  return `${underline(file, look)}:\n${lines.join('')}\n`
}

function simpleFile({ file, problems }: LintedFile): string {
  return problems.map((problem) => `${file}: ${problem}\n`).join('')
}

const NOTHING = 'found nothing to lint in the specified paths, failing...'
const GOOD = 'no linting errors found!'

function prettySummary({ nothing, count }: Summary, look: Pick<Look, 'colour'>): string {
  if (nothing) return `${paint(`✖ ${NOTHING}`, 'red', look)}\n`
  return count === 0 ? `${paint('✔', 'green', look)} ${GOOD}\n` : `${paint(`✖ ${count} linting errors found!`, 'red', look)}\n`
}

function simpleSummary({ nothing, count }: Summary): string {
  if (nothing) return `${NOTHING}\n`
  return count === 0 ? `${GOOD}\n` : ''
}
