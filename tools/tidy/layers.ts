// Owns the import table: which folder may import which, deny by default. A folder without a row fails the check.

/** A row: the folder, the folders it may import, the npm packages it may import, and whether Node's own modules are allowed. */
export type Layer = {
  /** Folder pattern; `*` stands for one path segment. Everything below the folder belongs to it. */
  readonly folder: string
  readonly may: readonly string[]
  readonly npm: readonly NpmAllowance[]
  readonly node: boolean
  /** True when the row speaks for files directly in the folder only, so that subfolders still need rows. */
  readonly filesOnly?: true
}

/** An npm package a folder may import, and in how many of its files (tests not counted). */
export type NpmAllowance = { readonly name: string; readonly filesMax: number }

const everywhere = Number.POSITIVE_INFINITY
const core = ['core/*']
const shell = ['shell/ports', 'shell/runtime', 'shell/http', 'shell/adapters/*']
const runner = npm('vitest', 'fast-check')

export const layers: readonly Layer[] = [
  pure('core/kube'),
  pure('core/expr', 'core/kube'),
  pure('core/spec', 'core/kube', 'core/expr'),
  pure('core/lint', 'core/spec', 'core/expr', 'core/kube'),
  pure('core/engine', 'core/spec', 'core/expr', 'core/kube'),
  pure('core/simulate', 'core/engine', 'core/spec', 'core/expr', 'core/kube'),
  pure('core/queue', 'core/kube'),
  pure('core/api', 'core/spec', 'core/kube'),
  pure('core/executor', 'core/spec', 'core/expr', 'core/kube'),
  pure('core/controllers', 'core/engine', 'core/spec', 'core/expr', 'core/kube'),
  { folder: 'shell/ports', may: core, npm: [], node: true },
  { folder: 'shell/storage', may: [...core, 'shell/ports'], npm: [], node: true },
  { folder: 'shell/runtime', may: [...core, 'shell/ports'], npm: [], node: true },
  { folder: 'shell/http', may: [...core, 'shell/ports', 'shell/runtime'], npm: [], node: true },
  { folder: 'shell/adapters/*', may: [...core, 'shell/ports'], npm: [], node: true },
  { folder: 'shell/adapters/postgres', may: [...core, 'shell/ports', 'shell/storage'], npm: [{ name: 'pg', filesMax: 1 }], node: true },
  { folder: 'shell/adapters/sqlite', may: [...core, 'shell/ports', 'shell/storage'], npm: [{ name: 'libsql', filesMax: 1 }], node: true },
  { folder: 'shell/adapters/sprig', may: [...core, 'shell/ports'], npm: npm('@peculiar/asn1-schema', '@peculiar/asn1-x509', 'bcryptjs'), node: true },
  { folder: 'shell/adapters/tls', may: [...core, 'shell/ports'], npm: [{ name: '@peculiar/x509', filesMax: 1 }, { name: 'reflect-metadata', filesMax: 1 }], node: true },
  { folder: 'apps/tiphys', may: [...core, ...shell], npm: [], node: true },
  { folder: 'test/*', may: [...core, ...shell, 'test/*', 'tools/*'], npm: [...runner, ...npm('yaml')], node: true },
  { folder: 'test/conformance-runs', may: [...core, ...shell, 'apps/tiphys', 'test/*', 'tools/*'], npm: [...runner, ...npm('yaml')], node: true },
  { folder: 'bench/*', may: [...core, ...shell, 'test/kit'], npm: runner, node: true },
  { folder: 'tools', may: ['tools/*', 'test/golden', 'test/conformance-runs'], npm: npm('esbuild', 'typescript'), node: true, filesOnly: true },
  { folder: 'tools/tidy', may: [], npm: npm('typescript'), node: true },
  { folder: '.', may: [], npm: npm('vitest'), node: true, filesOnly: true },
]

/** What every test file may import on top of its folder's row. */
export const testAllowance = { may: ['test/kit'], npm: ['vitest', 'fast-check', 'yaml'] }

/** Workspaces that other folders reach by package name, never by a relative path. */
export const packageNames: ReadonlyMap<string, string> = new Map([
  ['@tiphys/core', 'core'],
  ['@tiphys/shell', 'shell'],
  ['@tiphys/test', 'test'],
])

/** The row and the concrete folder that own a path, or nothing when no row covers it. The longest folder wins, then the exact one. */
export function ownerOf(path: string): { readonly layer: Layer; readonly folder: string } | undefined {
  const segments = path.split('/')
  const owners = layers.filter((layer) => covers(layer, segments))
  owners.sort((a, b) => depth(b.folder) - depth(a.folder) || Number(a.folder.includes('*')) - Number(b.folder.includes('*')))
  const layer = owners[0]
  if (layer === undefined) return undefined
  return { layer, folder: layer.folder === '.' ? '.' : segments.slice(0, depth(layer.folder)).join('/') }
}

/** Whether a concrete folder matches one of the patterns. */
export function matchesAny(folder: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matches(pattern.split('/'), folder.split('/')))
}

function covers(layer: Layer, segments: readonly string[]): boolean {
  if (layer.folder === '.') return segments.length === 1
  const pattern = layer.folder.split('/')
  const inside = segments.length - pattern.length
  if (inside < 1 || (layer.filesOnly === true && inside > 1)) return false
  return matches(pattern, segments.slice(0, pattern.length))
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return pattern.length === segments.length && pattern.every((part, i) => part === '*' || part === segments[i])
}

function depth(folder: string): number {
  return folder === '.' ? 0 : folder.split('/').length
}

function pure(folder: string, ...may: readonly string[]): Layer {
  return { folder, may, npm: [], node: false }
}

function npm(...names: readonly string[]): readonly NpmAllowance[] {
  return names.map((name) => ({ name, filesMax: everywhere }))
}
