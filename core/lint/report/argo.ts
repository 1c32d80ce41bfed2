// Owns the output of the reference's lint, letter by letter, for `--compat argo`.
import { objectOf } from '../finding.ts'
import type { ReferenceVerdict, Rejection } from '../reference.ts'

export interface ArgoReportOptions {
  readonly style: 'pretty' | 'simple'
  readonly color: boolean
}

/** What the reference prints on standard output. Refusals of the call as a whole are its error message instead: see `wholeCallError`. */
export function argoReport(verdict: ReferenceVerdict, options: ArgoReportOptions): string {
  const files = new Map<string, string[]>()
  for (const rejection of verdict.rejections) {
    if (rejection.wholeCall === true) continue
    const lines = files.get(rejection.file) ?? []
    lines.push(lineOf(rejection))
    files.set(rejection.file, lines)
  }
  const nothing = verdict.rejections.find((r) => r.code === 'nothing')
  if (nothing !== undefined) return options.style === 'simple' ? `${nothing.message}\n` : `${paint(`✖ ${nothing.message}`, 31, options)}\n`
  if (wholeCallError(verdict) !== undefined) return ''
  const body = [...files].map(([file, lines]) => fileReport(file, lines, options)).join('')
  return body + summary(verdict, options)
}

/** The text behind `Error: ` when the call as a whole is refused. */
export function wholeCallError(verdict: ReferenceVerdict): string | undefined {
  return verdict.rejections.find((r) => r.wholeCall === true && r.code !== 'nothing')?.message
}

function lineOf(rejection: Rejection): string {
  if (rejection.manifest === undefined) return rejection.message
  const { kind, name } = objectOf(rejection.manifest)
  return `in ${JSON.stringify(name)} (${kind}): ${rejection.message}`
}

function fileReport(file: string, lines: readonly string[], options: ArgoReportOptions): string {
  if (options.style === 'simple') return lines.map((line) => `${file}: ${line}\n`).join('')
  return `${paint(file, 4, options)}:\n${lines.map((line) => `   ${paint('✖', 31, options)} ${line}\n`).join('')}\n`
}

function summary(verdict: ReferenceVerdict, options: ArgoReportOptions): string {
  const count = verdict.rejections.length
  if (options.style === 'simple') return count === 0 ? 'no linting errors found!\n' : ''
  return count === 0 ? `${paint('✔', 32, options)} no linting errors found!\n` : `${paint(`✖ ${count} linting errors found!`, 31, options)}\n`
}

function paint(text: string, code: number, options: ArgoReportOptions): string {
  return options.color ? `\x1b[${code}m${text}\x1b[0m` : text
}
