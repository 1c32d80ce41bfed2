// Proves each broken manifest of fixtures/lint: the findings that it announces, each at its line and column, and no other.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readDocuments } from '@tiphys/core/spec'
import { lintFiles } from './index.ts'

const folder = fileURLToPath(new URL('../../fixtures/lint', import.meta.url))
const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'))

interface Fixture {
  /** `6:15 error template_unknown rejected`: the place in the manifest, how bad, the code, and whether the reference refuses it. */
  readonly expect: readonly string[]
  readonly manifest: string
}

function readFixture(name: string): Fixture {
  const [document] = readDocuments(readFileSync(`${folder}/${name}`, 'utf8'))
  return document?.value as unknown as Fixture
}

describe('broken manifests', () => {
  it('are many', () => {
    expect(names.length).toBeGreaterThanOrEqual(60)
  })

  it.each(names)('%s', (name) => {
    const { manifest, expect: expected } = readFixture(name)
    const result = lintFiles([{ path: name, text: manifest }])
    const found = result.findings
      .filter((f) => f.code !== 'reference_nothing')
      .map((f) => `${f.line}:${f.column} ${f.severity} ${f.code}${f.severity === 'warning' ? '' : f.rejectedByReference ? ' rejected' : ' accepted'}`)
    expect(found).toEqual(expected)
    expect(found.length).toBeGreaterThan(0)
    const refused = result.findings.some((f) => f.rejectedByReference)
    expect(lintFiles([{ path: name, text: manifest }], { compat: 'argo' }).ok).toBe(!refused)
  })
})
