// Warns of files that import each other in a circle, which a recursive descent may need and little else does. Types do not count.
import { posix } from 'node:path'
import ts from 'typescript'
import type { Finding, Project } from './project.ts'
import { lineAt, type Source } from './syntax.ts'

type Edge = { readonly to: string; readonly line: number }
type Graph = ReadonlyMap<string, readonly Edge[]>

export function checkCycles(project: Project): Finding[] {
  const graph: Graph = new Map(project.sources.map((source) => [source.path, edgesOf(source, project)]))
  const findings: Finding[] = []
  const done = new Set<string>()
  for (const start of graph.keys()) {
    for (const circle of circlesFrom(start, graph, done)) {
      const [first, second] = circle
      const line = (graph.get(first ?? '') ?? []).find((edge) => edge.to === second)?.line ?? 1
      findings.push({ path: first ?? start, line, level: 'warning', rule: 'import-cycle', what: `files import each other in a circle: ${[...circle, first].join(' > ')}`, mend: 'move what both need into a file of its own' })
    }
  }
  return findings
}

/** Depth-first search without recursion; `done` remembers files whose circles are already known. */
function circlesFrom(start: string, graph: Graph, done: Set<string>): string[][] {
  const circles: string[][] = []
  const trail: string[] = []
  const pending: { file: string; leave: boolean }[] = [{ file: start, leave: false }]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.leave) {
      trail.pop()
      done.add(next.file)
    } else if (trail.includes(next.file)) {
      circles.push(trail.slice(trail.indexOf(next.file)))
    } else if (!done.has(next.file)) {
      trail.push(next.file)
      pending.push({ file: next.file, leave: true }, ...(graph.get(next.file) ?? []).map((edge) => ({ file: edge.to, leave: false })))
    }
  }
  return circles
}

function edgesOf(source: Source, project: Project): Edge[] {
  return source.tree.statements.flatMap((statement) => {
    const specifier = valueSpecifier(statement)
    if (specifier === undefined || !specifier.startsWith('.')) return []
    const to = posix.normalize(posix.join(posix.dirname(source.path), specifier))
    return project.files.has(to) ? [{ to, line: lineAt(source, statement.getStart(source.tree)) }] : []
  })
}

/** What a statement imports or re-exports for use at run time. */
function valueSpecifier(statement: ts.Statement): string | undefined {
  if (ts.isExportDeclaration(statement)) {
    const { moduleSpecifier, isTypeOnly, exportClause } = statement
    const onlyTypes = isTypeOnly || (exportClause !== undefined && ts.isNamedExports(exportClause) && allTypes(exportClause.elements))
    return !onlyTypes && moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : undefined
  }
  if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return undefined
  const clause = statement.importClause
  const named = clause?.namedBindings
  const onlyTypes = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword
    || (clause?.name === undefined && named !== undefined && ts.isNamedImports(named) && allTypes(named.elements))
  return onlyTypes ? undefined : statement.moduleSpecifier.text
}

function allTypes(elements: readonly { readonly isTypeOnly: boolean }[]): boolean {
  return elements.length > 0 && elements.every((element) => element.isTypeOnly)
}
