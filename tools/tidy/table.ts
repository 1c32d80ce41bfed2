// Checks that the drawing of the import table in docs/architecture.md is the table that the checks use.
import { type Layer, layers } from './layers.ts'
import type { Finding, Project } from './project.ts'

const page = 'docs/architecture.md'

/** The import table as Markdown, one row a folder. */
export function renderTable(): string {
  const rows = layers.map((layer) => `| ${nameOf(layer)} | ${list(layer.may)} | ${list(layer.npm.map(({ name }) => name))} | ${layer.node ? 'yes' : 'no'} |`)
  return ['| folder | may import | npm packages | Node modules |', '|---|---|---|---|', ...rows].join('\n')
}

export function checkTable(project: Project): Finding[] {
  const text = project.files.get(page)
  if (text === undefined || text.includes(renderTable())) return []
  const line = text.split('\n').findIndex((row) => row.startsWith('| folder | may import')) + 1
  return [{ path: page, line: Math.max(line, 1), level: 'error', rule: 'layer-table', what: 'the import table drawn here is not the one in tools/tidy/layers.ts', mend: 'paste what `node --import tsx tools/tidy/main.ts --table` prints' }]
}

function nameOf(layer: Layer): string {
  if (layer.folder === '.') return 'the root itself'
  return layer.filesOnly === true ? `${layer.folder} itself` : layer.folder
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ')
}
