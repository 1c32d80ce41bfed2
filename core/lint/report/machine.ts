// Owns reports for programs: JSON, SARIF 2.1.0 for code scanning, and annotations for GitHub's logs.
import type { Finding } from '../finding.ts'
import type { LintResult } from '../lint.ts'

/** One JSON object with all findings, for scripts. */
export function jsonReport(result: LintResult): string {
  const findings = result.findings.map(({ rejectedByReference, ...finding }) => ({ ...finding, acceptedByArgo: !rejectedByReference }))
  return `${JSON.stringify({ ok: result.ok, objects: result.objects, argo: { ok: result.reference.ok }, findings }, undefined, 2)}\n`
}

/** Workflow commands that GitHub shows beside the lines of a change. */
export function githubReport(result: LintResult): string {
  return result.findings.map((f) => `${githubLine(f)}\n`).join('')
}

function githubLine(f: Finding): string {
  const text = f.hint === undefined || f.hint === '' ? f.message : `${f.message}\n${f.hint}`
  const fields = [`file=${property(f.file)}`, `line=${f.line}`, `col=${f.column}`, `title=${property(f.code)}`]
  return `::${f.severity} ${fields.join(',')}::${data(text)}`
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

export interface ToolInfo {
  readonly name: string
  readonly version: string
  readonly url?: string | undefined
}

export function sarifReport(result: LintResult, tool: ToolInfo): string {
  const codes = [...new Set(result.findings.map((f) => f.code))].sort()
  const run = {
    tool: {
      driver: {
        name: tool.name,
        version: tool.version,
        ...(tool.url !== undefined && { informationUri: tool.url }),
        rules: codes.map((id) => ({ id, shortDescription: { text: id.replaceAll('_', ' ') } })),
      },
    },
    columnKind: 'utf16CodeUnits',
    results: result.findings.map((f) => sarifResult(f, codes)),
  }
  const schema = 'https://json.schemastore.org/sarif-2.1.0.json'
  return `${JSON.stringify({ $schema: schema, version: '2.1.0', runs: [run] }, undefined, 2)}\n`
}

function sarifResult(f: Finding, codes: readonly string[]): object {
  const text = f.hint === undefined || f.hint === '' ? f.message : `${f.message} (${f.hint})`
  return {
    ruleId: f.code,
    ruleIndex: codes.indexOf(f.code),
    level: f.severity,
    message: { text },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(f.file) }, region: { startLine: f.line, startColumn: f.column } },
        ...(f.path !== '' && { logicalLocations: [{ fullyQualifiedName: f.path }] }),
      },
    ],
    properties: { acceptedByArgo: !f.rejectedByReference },
  }
}

function uriOf(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/')
}
