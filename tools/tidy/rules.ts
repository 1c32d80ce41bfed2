// Checks that behaviour rules and their proofs agree: every rule of docs/rules has a fixture or a test, every id used there is a rule.
import ts from 'typescript'
import type { Finding, Project } from './project.ts'
import { lineAt, rootName, type Source, walk } from './syntax.ts'

type Place = { readonly path: string; readonly line: number }
type Use = Place & { readonly id: string }
type Verdict = Pick<Finding, 'rule' | 'what' | 'mend'>

const idPattern = /[A-Z][A-Z0-9]*-\d+/
const ruleLine = new RegExp(`^- \\*\\*(${idPattern.source})\\*\\* \\((argo|extension|deviation)\\) (\\S.*)$`)
const looksLikeRule = new RegExp(`^\\s*[-*] \\*\\*${idPattern.source}`)
const leadingIds = new RegExp(`^(?:${idPattern.source})(?:(?:, ?| and | )${idPattern.source})*(?![\\w-])`)
const fixtureLine = /^(?:- )?rules?:\s*(.+?)\s*(?:#.*)?$/
// Names of standards that look like rule ids at the start of a test's title.
const standards = /^(UTF|SHA|ISO|RFC|CVE|GHSA|KEP|BASE|SHA|MD|HTTP|ES|IEEE)-/
const titled = /^(it|test|describe)$/

export function checkRules(project: Project): Finding[] {
  const findings: Finding[] = []
  const rules = readRules(project, findings)
  const inFixtures = readFixtures(project, findings)
  const inTitles = project.sources.filter((source) => source.isTest).flatMap(idsInTitles)
  const inCases = project.sources.filter((source) => source.isTest).flatMap(idsInStrings)
  for (const use of [...inFixtures, ...inTitles]) {
    if (!rules.has(use.id)) findings.push(error(use, { rule: 'rule-unknown', what: `${use.id} is not a rule`, mend: 'write the rule in docs/rules, or mend the id' }))
  }
  const proven = new Set([...inFixtures, ...inTitles, ...inCases].map((use) => use.id))
  for (const [id, place] of rules) {
    if (!proven.has(id)) findings.push(error(place, { rule: 'rule-unproven', what: `${id} has no fixture and no test`, mend: `add a fixture with "rule: ${id}" or a test whose title begins with ${id}` }))
  }
  return findings
}

function readRules(project: Project, findings: Finding[]): Map<string, Place> {
  const rules = new Map<string, Place>()
  for (const [path, text] of project.files) {
    if (!/^docs\/rules\/[^/]+\.md$/.test(path) || path.endsWith('/README.md')) continue
    const lines = text.split('\n')
    for (const [i, line] of lines.entries()) {
      if (!looksLikeRule.test(line)) continue
      const place = { path, line: i + 1 }
      const [, id, mark] = ruleLine.exec(line) ?? []
      if (id === undefined) {
        findings.push(error(place, { rule: 'rule-form', what: 'this rule is not in the form of docs/rules/README.md', mend: 'write "- **RETRY-3** (argo) One sentence."' }))
        continue
      }
      if (rules.has(id)) findings.push(error(place, { rule: 'rule-twice', what: `${id} is already a rule at ${rules.get(id)?.path}`, mend: 'give it the next free number' }))
      if (mark === 'deviation' && !/\bbecause\b/i.test(sentenceAt(lines, i))) {
        findings.push(error(place, { rule: 'rule-form', what: `the deviation ${id} gives no reason`, mend: 'say why, with the word "because"' }))
      }
      rules.set(id, place)
    }
  }
  return rules
}

/** The rule's line and the indented lines that continue it. */
function sentenceAt(lines: readonly string[], start: number): string {
  let end = start + 1
  while (/^\s+\S/.test(lines[end] ?? '')) end += 1
  return lines.slice(start, end).join(' ')
}

function readFixtures(project: Project, findings: Finding[]): Use[] {
  const uses: Use[] = []
  for (const [path, text] of project.files) {
    if (!/^fixtures\/.+\.ya?ml$/.test(path)) continue
    const found = text.split('\n').flatMap((line, i) => {
      const named = fixtureLine.exec(line)?.[1] ?? ''
      return (named.match(new RegExp(idPattern, 'g')) ?? []).map((id) => ({ path, line: i + 1, id }))
    })
    if (found.length === 0) findings.push(error({ path, line: 1 }, { rule: 'rule-missing', what: 'the fixture names no rule', mend: 'begin it with "rule: ID"' }))
    uses.push(...found)
  }
  return uses
}

function idsInTitles(source: Source): Use[] {
  const uses: Use[] = []
  walk(source.tree, (node) => {
    if (!ts.isCallExpression(node) || !titled.test(rootName(node.expression))) return
    const title = node.arguments[0]
    if (title !== undefined) uses.push(...idsAt(source, title).filter((use) => !standards.test(use.id)))
  })
  return uses
}

/** Tables of cases name their rule in a string, so any string that begins with an id counts as a proof of it. */
function idsInStrings(source: Source): Use[] {
  const uses: Use[] = []
  walk(source.tree, (node) => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) uses.push(...idsAt(source, node))
  })
  return uses
}

function idsAt(source: Source, node: ts.Node): Use[] {
  const text = ts.isStringLiteralLike(node) ? node.text : ts.isTemplateExpression(node) ? node.head.text : ''
  const ids = leadingIds.exec(text)?.[0].match(new RegExp(idPattern, 'g')) ?? []
  return ids.map((id) => ({ id, path: source.path, line: lineAt(source, node.getStart(source.tree)) }))
}

function error(place: Place, verdict: Verdict): Finding {
  return { path: place.path, line: place.line, level: 'error', ...verdict }
}
