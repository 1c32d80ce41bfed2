// Checks that metrics have the names, labels, types and words under which the reference told its own.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { metricFamilies } from '@tiphys/core/controllers'
import { conformanceFolder } from '@tiphys/test/golden'

interface Told {
  help: string
  type: string
  labels: readonly string[]
}

function toldIn(text: string): ReadonlyMap<string, Told> {
  const told = new Map<string, Told>()
  for (const [, what, name = '', rest = ''] of text.matchAll(/^# (HELP|TYPE|LABELS) (\S+) (.*)$/gm)) {
    const entry = told.get(name) ?? { help: '', type: '', labels: [] }
    told.set(name, entry)
    if (what === 'HELP') entry.help = rest
    else if (what === 'TYPE') entry.type = rest
    else entry.labels = rest.split(',').toSorted()
  }
  return told
}

const folder = conformanceFolder()

describe.skipIf(folder === undefined)('metrics', () => {
  it('are those of the reference, without what its own language tells of itself', () => {
    const told = toldIn(readFileSync(join(folder ?? '', 'rest/metrics.txt'), 'utf8'))
    const ours = new Map(metricFamilies.map(({ name, help, type, labels }) => [name, { help, type, labels: labels.toSorted() }]))
    for (const [name, entry] of told) if (!name.startsWith('argo_workflows_go_')) expect([name, ours.get(name)]).toEqual([name, entry])
    expect(told.size).toBeGreaterThan(40)
  })
})
