// Checks the language bans: what no file may use, and what core must not touch so that it stays pure and repeatable.
import ts from 'typescript'
import type { Finding, Project } from './project.ts'
import { lineAt, rootName, type Source, walk } from './syntax.ts'

type Verdict = { readonly rule: string; readonly what: string; readonly mend: string }
type Ban = (node: ts.Node, source: Source) => Verdict | undefined

const globalsBannedInCore = new Set([
  'process', 'globalThis', 'global', 'window', 'document', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask',
  'console', 'performance', 'fetch', 'crypto', 'Buffer', 'require', '__dirname', '__filename', 'WebAssembly',
])
const localTime = /^(get|set)(FullYear|Month|Date|Day|Hours|Minutes|Seconds|Milliseconds)$|^getTimezoneOffset$/
const localeBound = /^(localeCompare|toLocale[A-Z]\w*)$/

export function checkBans(project: Project): Finding[] {
  return project.sources.flatMap((source) => {
    const bans = bansFor(source)
    const findings: Finding[] = []
    walk(source.tree, (node) => {
      for (const ban of bans) {
        const verdict = ban(node, source)
        if (verdict !== undefined) findings.push({ path: source.path, line: lineAt(source, node.getStart(source.tree)), level: 'error', ...verdict })
      }
    })
    return findings
  })
}

function bansFor(source: Source): Ban[] {
  const bans: Ban[] = [banEval, banAny, banNonNull, banEnum]
  if (!/\.config\.[cm]?[jt]s$/.test(source.path)) bans.push(banDefaultExport)
  if (source.isTest) return [...bans, banSilentTests]
  if (/^(core|shell\/runtime)\//.test(source.path)) bans.push(banClock, banRandom)
  if (source.path.startsWith('core/')) bans.push(banGlobals(source), banMachineTime, banAsync)
  return bans
}

function banEval(node: ts.Node): Verdict | undefined {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return undefined
  if (!isName(node.expression, 'eval') && !isName(node.expression, 'Function')) return undefined
  return { rule: 'ban-eval', what: `${node.expression.getText()} runs text as code`, mend: 'interpret the text with core/expr' }
}

function banAny(node: ts.Node): Verdict | undefined {
  if (node.kind !== ts.SyntaxKind.AnyKeyword) return undefined
  return { rule: 'ban-any', what: '`any` switches the type checker off', mend: 'use `unknown` and narrow it' }
}

function banNonNull(node: ts.Node): Verdict | undefined {
  const definite = (ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node)) && node.exclamationToken !== undefined
  if (!ts.isNonNullExpression(node) && !definite) return undefined
  return { rule: 'ban-non-null', what: 'non-null `!` hides a missing value', mend: 'test for undefined and say what it means' }
}

function banEnum(node: ts.Node): Verdict | undefined {
  if (!ts.isEnumDeclaration(node)) return undefined
  return { rule: 'ban-enum', what: `enum ${node.name.text}`, mend: 'use a union of string literals' }
}

function banDefaultExport(node: ts.Node): Verdict | undefined {
  const isDefault = (ts.isExportAssignment(node) && node.isExportEquals !== true)
    || (ts.isExportSpecifier(node) && node.name.text === 'default')
    || (ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword))
  if (!isDefault) return undefined
  return { rule: 'ban-default-export', what: 'default export', mend: 'export it by name' }
}

function banSilentTests(node: ts.Node): Verdict | undefined {
  const banned = { rule: 'ban-silent-test', mend: 'run it or delete it; `skipIf` is for parts that a machine lacks' }
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && /^(x|f)(it|test|describe)$/.test(node.expression.text)) {
    return { ...banned, what: `${node.expression.text} leaves tests out` }
  }
  if (!ts.isPropertyAccessExpression(node) || !/^(skip|only|todo|fails)$/.test(node.name.text)) return undefined
  if (!/^(it|test|describe)$/.test(rootName(node.expression))) return undefined
  return { ...banned, what: `${node.getText()} leaves tests out` }
}

function banClock(node: ts.Node): Verdict | undefined {
  const now = ts.isPropertyAccessExpression(node) && isName(node.expression, 'Date') && node.name.text === 'now'
  const bare = ts.isNewExpression(node) && isName(node.expression, 'Date') && (node.arguments ?? []).length === 0
  const called = ts.isCallExpression(node) && isName(node.expression, 'Date')
  if (!now && !bare && !called) return undefined
  return { rule: 'ban-clock', what: 'reads the clock', mend: 'take the time as an input: events carry `at`, the shell asks its Clock port' }
}

function banRandom(node: ts.Node): Verdict | undefined {
  if (!ts.isPropertyAccessExpression(node) || !isName(node.expression, 'Math') || node.name.text !== 'random') return undefined
  return { rule: 'ban-random', what: 'draws randomness', mend: 'take the number, or a stored seed, as an input' }
}

function banGlobals(source: Source): Ban {
  const declared = namesDeclaredIn(source)
  return (node) => {
    if (!ts.isIdentifier(node) || !globalsBannedInCore.has(node.text) || declared.has(node.text) || !isValueUse(node)) return undefined
    return { rule: 'ban-platform', what: `core may not use ${node.text}`, mend: 'take what it gives as a parameter, or move the code to shell' }
  }
}

function banMachineTime(node: ts.Node): Verdict | undefined {
  if (!ts.isPropertyAccessExpression(node)) return undefined
  if (localTime.test(node.name.text)) {
    return { rule: 'ban-local-time', what: `.${node.name.text} depends on the machine's time zone`, mend: 'use the UTC form' }
  }
  if (!localeBound.test(node.name.text)) return undefined
  return { rule: 'ban-locale', what: `.${node.name.text} depends on the machine's language`, mend: 'compare with < and >, format by hand' }
}

function banAsync(node: ts.Node): Verdict | undefined {
  if (node.kind !== ts.SyntaxKind.AsyncKeyword && !ts.isAwaitExpression(node)) return undefined
  return { rule: 'ban-async', what: 'core does not wait', mend: 'return data that tells the shell what to wait for' }
}

function isName(node: ts.Node, name: string): boolean {
  return ts.isIdentifier(node) && node.text === name
}

/** Whether the identifier reads a value: not a property's name, a key, a label or a type. */
function isValueUse(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isQualifiedName(parent) || ts.isTypeReferenceNode(parent) || ts.isJsxAttribute(parent)) return false
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  return !isDeclarationName(node) && !ts.isTypeElement(parent)
}

function isDeclarationName(node: ts.Identifier): boolean {
  const { parent } = node
  return 'name' in parent && parent.name === node && !ts.isShorthandPropertyAssignment(parent)
}

function namesDeclaredIn(source: Source): Set<string> {
  const names = new Set<string>()
  walk(source.tree, (node) => {
    const binds = ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node) || ts.isFunctionDeclaration(node) || ts.isImportSpecifier(node)
    if (binds && node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text)
  })
  return names
}
