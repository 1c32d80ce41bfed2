// Proves that a drawing of the import table that has gone stale is found.
import { expect, it } from 'vitest'
import { projectOf } from './project.ts'
import { checkTable, renderTable } from './table.ts'

it('accepts the table as rendered and points at one that differs', () => {
  const page = `# Structure\n\n${renderTable()}\n`
  expect(checkTable(projectOf({ 'docs/architecture.md': page }))).toEqual([])
  const [finding] = checkTable(projectOf({ 'docs/architecture.md': page.replace('| core/kube | nothing |', '| core/kube | core/spec |') }))
  expect(finding).toMatchObject({ rule: 'layer-table', line: 3 })
})
