// Checks sizes: lines in a function, lines in a file, parameters of a function.
import ts from 'typescript'
import type { Finding, Project } from './project.ts'
import { lineAt, type Source, walk } from './syntax.ts'

const functionLines = { warn: 40, max: 70 }
const fileLines = { warn: 300, max: 500 }
const parametersWarn = 3

export function checkBudgets(project: Project): Finding[] {
  return project.sources.flatMap((source) => [...checkFile(source), ...checkFunctions(source)])
}

function checkFile(source: Source): Finding[] {
  const lines = source.text.replace(/\n$/, '').split('\n').length
  // A test file lists cases, so length there is no sign of tangled code until the hard stop.
  const warn = source.isTest ? fileLines.max : fileLines.warn
  const mend = 'split it by what the parts own'
  return judge({ path: source.path, line: 1, rule: 'budget-file', mend }, { lines, warn, max: fileLines.max, name: 'the file' })
}

function checkFunctions(source: Source): Finding[] {
  const findings: Finding[] = []
  walk(source.tree, (node) => {
    if (!isFunction(node) || node.body === undefined || (isTestCode(source) && isSuite(node))) return
    const start = lineAt(source, node.getStart(source.tree))
    const lines = lineAt(source, node.getEnd()) - start + 1
    const name = nameOf(node)
    const place = { path: source.path, line: start }
    const mend = 'name its parts and move them out'
    findings.push(...judge({ ...place, rule: 'budget-function', mend }, { lines, ...functionLines, name }))
    const parameters = node.parameters.filter((parameter) => parameter.name.getText(source.tree) !== 'this').length
    if (parameters > parametersWarn) {
      findings.push({ ...place, rule: 'budget-parameters', level: 'warning', what: `${name} has ${parameters} parameters`, mend: 'pass one named object' })
    }
  })
  return findings
}

type Size = { readonly lines: number; readonly warn: number; readonly max: number; readonly name: string }

function judge(place: Omit<Finding, 'level' | 'what'>, size: Size): Finding[] {
  if (size.lines <= size.warn) return []
  const level = size.lines > size.max ? 'error' : 'warning'
  const limit = level === 'error' ? `at most ${size.max}` : `aim for ${size.warn}`
  return [{ ...place, level, what: `${size.name} has ${size.lines} lines, ${limit}` }]
}

function isFunction(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isArrowFunction(node) || ts.isMethodDeclaration(node)
    || ts.isConstructorDeclaration(node) || ts.isGetAccessorDeclaration(node) || ts.isSetAccessorDeclaration(node)
}

const isTestCode = (source: Source): boolean => source.isTest || source.path.startsWith('test/contracts/')

/** A list of tests, not a piece of logic: the function given to `describe`, or one whose body calls `describe` or `it` itself. */
function isSuite(node: ts.FunctionLikeDeclaration): boolean {
  const { parent } = node
  if (ts.isCallExpression(parent) && /^describe\b/.test(parent.expression.getText())) return true
  if (node.body === undefined || !ts.isBlock(node.body)) return false
  return node.body.statements.some((statement) => ts.isExpressionStatement(statement) && /^(describe|it)\b/.test(statement.expression.getText()))
}

function nameOf(node: ts.FunctionLikeDeclaration): string {
  if (ts.isConstructorDeclaration(node)) return 'the constructor'
  if (node.name !== undefined) return node.name.getText()
  const { parent } = node
  const named = (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent)) && parent.initializer === node
  return named ? parent.name.getText() : 'the function'
}
