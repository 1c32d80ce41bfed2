// Checks that docs/compatibility.md says what is so.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { conformanceFolder } from '@tiphys/test/golden'
import { compatibilityTable } from './compatibility.ts'

const folder = conformanceFolder()

it.skipIf(folder === undefined)('docs/compatibility.md is up to date: npm run compatibility writes it anew', () => {
  expect(readFileSync(new URL('../../docs/compatibility.md', import.meta.url), 'utf8')).toBe(compatibilityTable(folder ?? ''))
})
