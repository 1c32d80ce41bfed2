// Proves the import table: what each layer may reach, by which kind of import, and which packages it must declare.
import { describe, expect, it } from 'vitest'
import { checkImports } from './imports.ts'
import { layers, matchesAny, ownerOf } from './layers.ts'
import { projectOf } from './project.ts'

const manifests = {
  'package.json': '{ "devDependencies": { "vitest": "1.0.0", "fast-check": "1.0.0", "yaml": "1.0.0", "typescript": "1.0.0" } }',
  'core/package.json': '{}',
  'shell/package.json': '{ "dependencies": { "libsql": "1.0.0" } }',
}

function rulesFor(path: string, text: string): string[] {
  return checkImports(projectOf({ ...manifests, [path]: text })).map((finding) => finding.rule)
}

describe('the import table', () => {
  it.each([
    ['core/expr/a.ts', "import { q } from '@tiphys/core/kube'"],
    ['core/simulate/a.ts', "import { step } from '@tiphys/core/engine'"],
    ['core/expr/a.ts', "import { b } from './b.ts'"],
    ['core/expr/deep/a.ts', "import { b } from '../b.ts'"],
    ['core/kube/a.test.ts', "import { readFileSync } from 'node:fs'"],
    ['core/kube/a.test.ts', "import { check } from '@tiphys/test/kit'"],
    ['core/kube/a.test.ts', "import { q } from '@tiphys/core/kube'"],
    ['shell/http/a.ts', "import { submit } from '@tiphys/shell/runtime'"],
    ['shell/adapters/memory/a.ts', "import type { Clock } from '@tiphys/shell/ports'"],
    ['shell/adapters/sqlite/a.ts', "const m = await import('libsql')"],
    ['apps/tiphys/commands/run.ts', "import { processRunner } from '@tiphys/shell/adapters/process'"],
    ['apps/tiphys/bin/tiphys.js', "import '../dist/main.js'"],
    ['test/sim/a.ts', "import { readProject } from '../../tools/tidy/project.ts'"],
    ['tools/tidy/a.ts', "import ts from 'typescript'"],
  ])('lets %s say %s', (path, text) => {
    expect(rulesFor(path, text)).toEqual([])
  })

  it.each([
    ['core/kube/a.ts', "import { e } from '@tiphys/core/expr'", 'import-layer'],
    ['core/queue/a.ts', "export * from '@tiphys/core/spec'", 'import-layer'],
    ['core/engine/a.ts', "type L = import('@tiphys/core/lint').Finding", 'import-layer'],
    ['core/engine/a.ts', "import { c } from '@tiphys/shell/ports'", 'import-layer'],
    ['shell/runtime/a.ts', "import { h } from '@tiphys/shell/http'", 'import-layer'],
    ['shell/adapters/memory/a.ts', "import { p } from '@tiphys/shell/adapters/process'", 'import-layer'],
    ['shell/adapters/memory/a.ts', "import { r } from '@tiphys/shell/runtime'", 'import-layer'],
    ['apps/tiphys/main.ts', "import { check } from '@tiphys/test/kit'", 'import-layer'],
    ['core/expr/a.ts', "import { q } from '../kube/quantity.ts'", 'import-by-name'],
    ['apps/tiphys/main.ts', "import { q } from '../../core/kube/index.ts'", 'import-by-name'],
    ['core/expr/a.ts', "import { q } from '@tiphys/core/kube/quantity'", 'import-deep'],
    ['core/expr/a.ts', "import { b } from '@tiphys/core/expr'", 'import-self'],
    ['core/expr/a.ts', "import { b } from './b'", 'import-ending'],
    ['core/expr/a.ts', "import { readFileSync } from 'node:fs'", 'import-builtin'],
    ['shell/ports/a.ts', "import { join } from 'path'", 'import-builtin'],
    ['shell/ports/a.ts', "import vm from 'node:vm'", 'ban-eval'],
    ['core/kube/a.test.ts', "import vm from 'node:vm'", 'ban-eval'],
    ['tools/a.cjs', "require('node:vm')", 'ban-eval'],
    ['core/expr/a.ts', 'const m = import(name)', 'import-computed'],
    ['core/expr/a.ts', "import { parse } from 'yaml'", 'import-npm'],
    ['shell/adapters/memory/a.ts', "const m = require('libsql')", 'import-npm'],
    ['shell/adapters/memory/a.ts', "const m = createRequire(here)('libsql')", 'import-npm'],
    ['shell/adapters/memory/a.ts', "const load = createRequire(here)\nload('libsql')", 'import-npm'],
    ['shell/adapters/memory/a.ts', "const load = createRequire(createRequire(here).resolve('libsql'))", 'import-npm'],
    ['core/kube/a.test.ts', "import ts from 'typescript'", 'import-npm'],
    ['tools/build.mjs', "import { build } from 'esbuild'", 'import-undeclared'],
  ])('stops %s from saying %s: %s', (path, text, rule) => {
    expect(rulesFor(path, text)).toContain(rule)
  })

  it('counts development dependencies for tests, not for what ships', () => {
    const bare = { 'package.json': '{ "devDependencies": { "libsql": "1.0.0" } }', 'shell/package.json': '{ "devDependencies": { "libsql": "1.0.0" } }' }
    const check = (path: string): string[] => checkImports(projectOf({ ...bare, [path]: "import 'libsql'" })).map((finding) => finding.rule)
    expect(check('shell/adapters/sqlite/open.ts')).toEqual(['import-undeclared'])
    expect(check('shell/adapters/sqlite/open.test.ts')).toEqual([])
  })

  it('keeps a package behind the one file that may import it', () => {
    const project = projectOf({ ...manifests, 'shell/adapters/sqlite/a.ts': "import 'libsql'", 'shell/adapters/sqlite/b.ts': "import 'libsql'", 'shell/adapters/sqlite/b.test.ts': "import 'libsql'" })
    expect(checkImports(project).map(({ path, rule, what }) => ({ path, rule, what }))).toEqual([
      { path: 'shell/adapters/sqlite/b.ts', rule: 'import-npm', what: '"libsql" is already imported by shell/adapters/sqlite/a.ts' },
    ])
  })

  it.each(['core/loose.ts', 'core/novelty/a.ts', 'shell/adapters/loose.ts', 'lib/a.ts', 'tools/novelty/a.ts', 'apps/other/main.ts', 'test/loose.ts'])('fails %s, which no row covers', (path) => {
    expect(rulesFor(path, '')).toEqual(['import-row'])
  })

  it('names the line and the way to mend it', () => {
    const [finding] = checkImports(projectOf({ ...manifests, 'core/kube/a.ts': "\nimport { e } from '@tiphys/core/expr'" }))
    expect(finding).toMatchObject({ path: 'core/kube/a.ts', line: 2, what: 'core/kube may not import core/expr' })
    expect(finding?.mend).toContain('decision record')
  })
})

describe('the rows', () => {
  it('give the longest folder the say', () => {
    expect(ownerOf('shell/adapters/sqlite/open.ts')?.layer.folder).toBe('shell/adapters/sqlite')
    expect(ownerOf('shell/adapters/process/run.ts')).toMatchObject({ folder: 'shell/adapters/process', layer: { folder: 'shell/adapters/*' } })
    expect(ownerOf('vitest.config.ts')?.folder).toBe('.')
  })

  it('have no cycle among the folders of core', () => {
    const names = layers.map((layer) => layer.folder).filter((folder) => folder.startsWith('core/'))
    const below = (folder: string): string[] => names.filter((name) => matchesAny(name, layers.find((layer) => layer.folder === folder)?.may ?? []))
    let left = names
    for (let round = 0; round < names.length; round += 1) left = left.filter((folder) => below(folder).some((name) => left.includes(name)))
    expect(left).toEqual([])
  })
})
