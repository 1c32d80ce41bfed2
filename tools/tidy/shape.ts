// Checks how files present themselves: folder and file names, the opening comment, and markers of unfinished work.
import ts from 'typescript'
import type { Finding, Project } from './project.ts'
import { type Source, walk } from './syntax.ts'

const emptyNames = /^(utils?|helpers?|commons?|misc|managers?)$/
const kebabFile = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/
// Split so that this file does not contain what it looks for.
const markers = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`)
const checkerOff = new RegExp(`@ts-(${['ig' + 'nore', 'no' + 'check'].join('|')})\\b`)
const wordsMin = 4

export function checkShape(project: Project): Finding[] {
  const named = [...project.files.keys()].flatMap((path) => checkFolderNames(path))
  return [...named, ...project.sources.flatMap((source) => [...checkFileName(source), ...checkOpening(source), ...checkMarkers(source)])]
}

function checkFolderNames(path: string): Finding[] {
  const empty = path.split('/').slice(0, -1).find((folder) => emptyNames.test(folder))
  if (empty === undefined) return []
  return [finding(path, 1, { rule: 'name-empty', what: `the folder name "${empty}" says nothing`, mend: 'name it for what it owns' })]
}

function checkFileName(source: Source): Finding[] {
  const name = source.path.split('/').at(-1) ?? ''
  if (emptyNames.test(name.replace(/\..*$/, ''))) {
    return [finding(source.path, 1, { rule: 'name-empty', what: `the file name "${name}" says nothing`, mend: 'name it for its main export' })]
  }
  if (kebabFile.test(name)) return []
  return [finding(source.path, 1, { rule: 'name-kebab', what: `"${name}" is not in kebab-case`, mend: 'write lower-case words joined by hyphens' })]
}

function checkOpening(source: Source): Finding[] {
  const text = source.text.replace(/^#!.*\n/, '')
  const comment = /^(?:\/\/.*\n?)+|^\/\*[\s\S]*?\*\//.exec(text)?.[0] ?? ''
  const words = comment.split(/\s+/).filter((word) => /[A-Za-z]/.test(word)).length
  if (words >= wordsMin) return []
  return [finding(source.path, 1, { rule: 'opening-comment', what: 'the file does not open with a sentence on what it owns', mend: 'begin it with "// Owns ..." or "// Checks ..."' })]
}

function checkMarkers(source: Source): Finding[] {
  const text = withoutLiterals(source)
  const findings: Finding[] = []
  for (const [i, line] of text.split('\n').entries()) {
    const marker = markers.exec(line)?.[0]
    if (marker !== undefined) findings.push(finding(source.path, i + 1, { rule: 'marker', what: `${marker} marks unfinished work`, mend: 'finish it, or describe the limit in a sentence' }))
    const off = checkerOff.exec(line)?.[0]
    if (off !== undefined) findings.push(finding(source.path, i + 1, { rule: 'marker', what: `${off} switches the type checker off`, mend: 'make the types say what is true' }))
  }
  return findings
}

/** The text with strings, templates and regular expressions blanked, so that only code and comments speak. */
function withoutLiterals(source: Source): string {
  let text = source.text
  walk(source.tree, (node) => {
    if (!ts.isStringLiteralLike(node) && !ts.isRegularExpressionLiteral(node) && !isTemplatePart(node)) return
    const start = node.getStart(source.tree)
    text = text.slice(0, start) + text.slice(start, node.end).replace(/[^\n]/g, ' ') + text.slice(node.end)
  })
  return text
}

function isTemplatePart(node: ts.Node): boolean {
  return ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node) || ts.isJsxText(node)
}

function finding(path: string, line: number, verdict: Pick<Finding, 'rule' | 'what' | 'mend'>): Finding {
  return { path, line, level: 'error', ...verdict }
}
