// Checks every import against the import table and against the packages that the nearest package.json declares.
import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import ts from 'typescript'
import { type Layer, matchesAny, ownerOf, packageNames, testAllowance } from './layers.ts'
import type { Finding, Project } from './project.ts'
import { lineAt, type Source, walk } from './syntax.ts'

type Import = { readonly specifier: string | undefined; readonly line: number }
type Owner = { readonly layer: Layer; readonly folder: string }
type Verdict = { readonly rule: string; readonly what: string; readonly mend: string }

const builtins = new Set(builtinModules.filter((name) => !name.startsWith('_')))
const importsWithoutEnding = /\/[^/.]+$/

export function checkImports(project: Project): Finding[] {
  const findings: Finding[] = []
  const npmUses = new Map<string, string[]>()
  for (const source of project.sources) {
    const owner = ownerOf(source.path)
    if (owner === undefined) {
      findings.push(noRow(source.path))
      continue
    }
    for (const use of importsOf(source)) {
      for (const verdict of judge({ project, source, owner, npmUses }, use)) {
        findings.push({ path: source.path, line: use.line, level: 'error', ...verdict })
      }
    }
  }
  return findings
}

/** Every import in a file: static, exported, dynamic, `import('x').T` types, and what `require` or `createRequire` loads. */
export function importsOf(source: Source): Import[] {
  const found: Import[] = []
  const loaders = loadersOf(source)
  const add = (node: ts.Node, specifier: ts.Node | undefined): void => {
    const text = specifier !== undefined && ts.isStringLiteralLike(specifier) ? specifier.text : undefined
    found.push({ specifier: text, line: lineAt(source, node.getStart(source.tree)) })
  }
  walk(source.tree, (node) => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier)
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) add(node, node.moduleSpecifier)
    else if (ts.isCallExpression(node) && loadsModule(node.expression, loaders)) add(node, node.arguments[0])
    else if (ts.isExternalModuleReference(node)) add(node, node.expression)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node, node.argument.literal)
  })
  return found
}

/** Names that load modules when called: `require`, and what a file binds to `createRequire(...)`. */
function loadersOf(source: Source): Set<string> {
  const names = new Set(['require'])
  walk(source.tree, (node) => {
    const bound = ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined && makesLoader(node.initializer)
    if (bound) names.add(node.name.text)
  })
  return names
}

function loadsModule(callee: ts.Expression, loaders: ReadonlySet<string>): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword || makesLoader(callee)) return true
  if (ts.isPropertyAccessExpression(callee) && callee.name.text === 'resolve') return loadsModule(callee.expression, loaders)
  return ts.isIdentifier(callee) && loaders.has(callee.text)
}

function makesLoader(node: ts.Expression): boolean {
  return ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'createRequire'
}

type Place = {
  readonly project: Project
  readonly source: Source
  readonly owner: Owner
  /** Files outside tests that import a package, by folder and package; it grows as files are judged. */
  readonly npmUses: Map<string, string[]>
}

function judge(place: Place, use: Import): Verdict[] {
  const { specifier } = use
  if (specifier === undefined) return place.owner.layer.node ? [] : [computedImport()]
  if (specifier.startsWith('.')) return judgeRelative(place, specifier)
  if (specifier.startsWith('node:') || builtins.has(specifier.split('/')[0] ?? '')) return judgeBuiltin(place, specifier)
  const name = packageNameOf(specifier)
  const workspace = packageNames.get(name)
  if (workspace !== undefined) return judgeFolder(place, specifier, specifier.replace(name, workspace))
  return [...judgeNpm(place, name), ...judgeDeclared(place, name)]
}

function judgeRelative({ source, owner }: Place, specifier: string): Verdict[] {
  const target = posix.normalize(posix.join(posix.dirname(source.path), specifier))
  if (target.split('/').includes('dist')) return []
  if (importsWithoutEnding.test(specifier)) {
    return [{ rule: 'import-ending', what: `"${specifier}" has no file ending`, mend: 'write the ending, as in "./file.ts"' }]
  }
  const other = ownerOf(target)
  if (other?.folder === owner.folder) return []
  const byName = [...packageNames.values()].some((workspace) => target.startsWith(`${workspace}/`))
  if (other === undefined || byName) {
    return [{ rule: 'import-by-name', what: `"${specifier}" reaches into another folder`, mend: 'import the package entry, as in "@tiphys/core/spec"' }]
  }
  return judgeTarget(source, owner, other.folder)
}

function judgeFolder({ source, owner }: Place, specifier: string, target: string): Verdict[] {
  const other = ownerOf(`${target}/index.ts`)
  if (other === undefined || other.folder !== target) {
    return [{ rule: 'import-deep', what: `"${specifier}" is not the entry of a folder`, mend: "import the folder's index by its package name and export there what is needed" }]
  }
  if (target === owner.folder) {
    if (source.isTest) return []
    return [{ rule: 'import-self', what: `"${specifier}" is this file's own folder`, mend: 'import the file relatively, as in "./file.ts"' }]
  }
  return judgeTarget(source, owner, target)
}

function judgeTarget(source: Source, owner: Owner, target: string): Verdict[] {
  if (matchesAny(target, owner.layer.may) || (source.isTest && matchesAny(target, testAllowance.may))) return []
  const may = owner.layer.may.length === 0 ? 'nothing outside itself' : owner.layer.may.join(', ')
  return [{ rule: 'import-layer', what: `${owner.folder} may not import ${target}`, mend: `it may import ${may}; move the code, or change the row in tools/tidy/layers.ts with a decision record` }]
}

/** Runs the program's own bundle from its kept code (decision record 12), and no other text. */
const STARTER = 'tools/start.cjs'

function judgeBuiltin({ source, owner }: Place, specifier: string): Verdict[] {
  if (!specifier.startsWith('node:')) {
    return [{ rule: 'import-builtin', what: `"${specifier}" is a Node module without its prefix`, mend: `write "node:${specifier}"` }]
  }
  if (specifier === 'node:vm' && source.path !== STARTER) return [{ rule: 'ban-eval', what: 'node:vm runs text as code', mend: 'interpret the text with core/expr' }]
  if (owner.layer.node || source.isTest) return []
  return [{ rule: 'import-builtin', what: `${owner.folder} may not import "${specifier}"`, mend: 'take the value as a parameter, or move the code to shell' }]
}

function judgeNpm({ source, owner, npmUses }: Place, name: string): Verdict[] {
  if (source.isTest && testAllowance.npm.includes(name)) return []
  const allowance = owner.layer.npm.find((entry) => entry.name === name)
  if (allowance === undefined) {
    return [{ rule: 'import-npm', what: `${owner.folder} may not import the package "${name}"`, mend: 'write the few lines it saves, or add it to the row in tools/tidy/layers.ts with a decision record' }]
  }
  if (source.isTest) return []
  const key = `${owner.folder} ${name}`
  const users = npmUses.get(key) ?? []
  if (!users.includes(source.path)) users.push(source.path)
  npmUses.set(key, users)
  if (users.length <= allowance.filesMax) return []
  return [{ rule: 'import-npm', what: `"${name}" is already imported by ${users[0]}`, mend: 'keep the package behind that one file' }]
}

function judgeDeclared({ project, source, owner }: Place, name: string): Verdict[] {
  const nearest = nearestManifest(project, source.path)
  const shipped = !source.isTest && /^(core|shell|apps)\//.test(owner.folder)
  const declared = new Set([...declaredIn(project, nearest, !shipped), ...(shipped ? [] : declaredIn(project, 'package.json', true))])
  if (declared.has(name)) return []
  return [{ rule: 'import-undeclared', what: `"${name}" is not declared in ${nearest}`, mend: 'declare it there with an exact version' }]
}

function nearestManifest(project: Project, path: string): string {
  for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) {
    if (project.files.has(`${folder}/package.json`)) return `${folder}/package.json`
  }
  return 'package.json'
}

function declaredIn(project: Project, manifest: string, withDev: boolean): string[] {
  const parsed: unknown = JSON.parse(project.files.get(manifest) ?? '{}')
  const kinds = ['dependencies', 'optionalDependencies', 'peerDependencies', ...(withDev ? ['devDependencies'] : [])]
  return kinds.flatMap((kind) => Object.keys(field(parsed, kind)))
}

function field(value: unknown, key: string): object {
  if (typeof value !== 'object' || value === null) return {}
  const found: unknown = Object.entries(value).find(([name]) => name === key)?.[1]
  return typeof found === 'object' && found !== null ? found : {}
}

function packageNameOf(specifier: string): string {
  return specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
}

function computedImport(): Verdict {
  return { rule: 'import-computed', what: 'an import whose name is computed', mend: 'name the module in the import' }
}

function noRow(path: string): Finding {
  return { path, line: 1, rule: 'import-row', level: 'error', what: 'no row of the import table covers this file', mend: 'move it into a folder that has a row, or add a row to tools/tidy/layers.ts with a decision record' }
}
