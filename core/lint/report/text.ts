// Owns the report that people read: one line a finding, with its place first, so that terminals and editors can jump there.
import type { Finding } from '../finding.ts'
import type { LintResult } from '../lint.ts'

export interface TextReportOptions {
  readonly color: boolean
  /** Show warnings (default: yes). */
  readonly warnings?: boolean | undefined
}

export function textReport(result: LintResult, options: TextReportOptions): string {
  const shown = result.findings.filter((f) => f.severity === 'error' || options.warnings !== false)
  const refused = new Set(result.findings.filter((f) => f.rejectedByReference).map(subjectOf))
  return shown.map((finding) => `${findingText(finding, options, refused.has(subjectOf(finding)))}\n`).join('') + `${summaryText(result, options)}\n`
}

const subjectOf = ({ file, object }: Finding): string => JSON.stringify([file, object?.kind, object?.name])

/** Of an object that the reference refuses it tells one reason alone: what it would make of the others is not known. */
function findingText(finding: Finding, options: TextReportOptions, isObjectRefused: boolean): string {
  const { file, line, column, severity, code, message, hint } = finding
  const place = file === '' ? '' : `${paint(`${file}:${line}:${column}`, 1, options)} `
  const word = paint(severity, severity === 'error' ? 31 : 33, options)
  const accepted = severity === 'error' && !finding.rejectedByReference && !isObjectRefused ? ' (Argo accepts this)' : ''
  const help = hint === undefined || hint === '' ? '' : `\n    ${paint('hint:', 36, options)} ${hint}`
  return `${place}${word} ${message} [${code}]${accepted}${help}`
}

function summaryText(result: LintResult, options: TextReportOptions): string {
  const errors = result.findings.filter((f) => f.severity === 'error').length
  const warnings = result.findings.length - errors
  const told = [count(errors, 'error'), count(warnings, 'warning')].filter((t) => t !== '')
  const objects = count(result.objects, 'object')
  if (told.length === 0) return paint(`✔ ${objects}, nothing found`, 32, options)
  return paint(`${result.ok ? '✔' : '✖'} ${objects === '' ? '' : `${objects}: `}${told.join(', ')}`, result.ok ? 32 : 31, options)
}

function count(number: number, word: string): string {
  return number === 0 ? '' : `${number} ${word}${number === 1 ? '' : 's'}`
}

function paint(text: string, code: number, options: TextReportOptions): string {
  return options.color ? `\x1b[${code}m${text}\x1b[0m` : text
}
