// Reads every manifest of the reference's examples.
import { describe, expect, it } from 'vitest'
import { conformanceFolder } from '@tiphys/test/golden'
import { loadExampleFiles } from './catalogue.ts'

const folder = conformanceFolder()

it.skipIf(folder === undefined)('the conformance data are there (TIPHYS_CONFORMANCE names their folder)', () => {
  expect(folder).toBeDefined()
})

describe.skipIf(folder === undefined)('the manifests of the reference', () => {
  const files = folder === undefined ? [] : loadExampleFiles(folder)

  it('are all there', () => {
    expect(files.length).toBeGreaterThan(190)
  })

  for (const { file, read } of files) {
    it(`${file} is read without a problem`, () => {
      expect(read.unreadable.map(({ problem }) => problem.message)).toEqual([])
      expect(read.manifests.flatMap(({ problems }) => problems.filter(({ severity }) => severity !== 'ignored'))).toEqual([])
      expect(read.manifests.length).toBeGreaterThan(0)
    })
  }
})
