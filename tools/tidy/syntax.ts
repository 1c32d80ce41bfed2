// Owns the parsed view of one source file and the few questions that checks ask of its syntax tree.
import ts from 'typescript'

/** A source file with its syntax tree; test files are judged more leniently in a few places. */
export type Source = {
  readonly path: string
  readonly text: string
  readonly tree: ts.SourceFile
  readonly isTest: boolean
}

export function sourceOf(path: string, text: string): Source {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : /\.[cm]?js$/.test(path) ? ts.ScriptKind.JS : ts.ScriptKind.TS
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true, kind)
  return { path, text, tree, isTest: /\.test\.[a-z]+$/.test(path) }
}

export function lineAt(source: Source, position: number): number {
  return source.tree.getLineAndCharacterOfPosition(position).line + 1
}

/** Visits every node below `root`, parents first, in the order of the text. */
export function walk(root: ts.Node, visit: (node: ts.Node) => void): void {
  const pending: ts.Node[] = [root]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    visit(node)
    const children: ts.Node[] = []
    ts.forEachChild(node, (child) => void children.push(child))
    pending.push(...children.reverse())
  }
}

/** The identifier that a chain starts with: `it` in `it.each(rows).only`, or '' when it starts with something else. */
export function rootName(node: ts.Expression): string {
  let inner: ts.Expression = node
  while (ts.isPropertyAccessExpression(inner) || ts.isCallExpression(inner)) inner = inner.expression
  return ts.isIdentifier(inner) ? inner.text : ''
}
