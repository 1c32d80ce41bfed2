// Owns docs/compatibility.md and docs/rest.md: writes them anew from the conformance data.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compatibilityTable, endpointTable } from '@tiphys/test/conformance-runs'
import { conformanceFolder } from '@tiphys/test/golden'

const folder = conformanceFolder()
if (folder === undefined) {
  console.error('the conformance data are not there: set TIPHYS_CONFORMANCE to their folder')
  process.exitCode = 1
} else {
  writeFileSync(fileURLToPath(new URL('../docs/compatibility.md', import.meta.url)), compatibilityTable(folder))
  writeFileSync(fileURLToPath(new URL('../docs/rest.md', import.meta.url)), endpointTable(folder))
}
