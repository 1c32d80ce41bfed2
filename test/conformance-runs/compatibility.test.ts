// Checks that docs/compatibility.md and docs/rest.md say what is so.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { conformanceFolder } from '@tiphys/test/golden'
import { compatibilityTable } from './compatibility.ts'
import { endpointTable } from './endpoints.ts'

const folder = conformanceFolder()

it.skipIf(folder === undefined)('docs/compatibility.md is up to date: npm run compatibility writes it anew', () => {
  expect(readFileSync(new URL('../../docs/compatibility.md', import.meta.url), 'utf8')).toBe(compatibilityTable(folder ?? ''))
})

it.skipIf(folder === undefined)('docs/rest.md is up to date: npm run compatibility writes it anew', () => {
  expect(readFileSync(new URL('../../docs/rest.md', import.meta.url), 'utf8')).toBe(endpointTable(folder ?? ''))
})
