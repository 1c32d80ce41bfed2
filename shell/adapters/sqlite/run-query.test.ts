// Proves that lists walk the index that narrows them most, so that their cost follows what they show and not what is stored.
import type { RunFilter } from '@tiphys/shell/ports'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { choosePath, fewRows } from './run-query.ts'
import { type EmbeddedState, openState } from './state.ts'

/** 20,000 runs: a fifth in each namespace, one in ten failed, few with the rare label, many with the common one. */
const count = 20_000

describe('choosePath', () => {
  let state: EmbeddedState | undefined

  beforeAll(async () => {
    state = openState(':memory:', { owner: { id: 'me', info: '' }, now: () => 0 })
    for (let from = 0; from < count; from += 1000) await Promise.all(Array.from({ length: 1000 }, (_, index) => create(from + index)))
  })

  afterAll(() => state?.close())

  async function create(n: number): Promise<void> {
    await state?.log.create({
      uid: `u${n}`,
      namespace: `ns-${n % 5}`,
      name: `${n % 1000 === 7 ? 'special' : 'usual'}-${n}`,
      phase: n % 10 === 0 ? 'Failed' : 'Succeeded',
      createdAt: n,
      ...(n % 4000 === 0 ? {} : { finishedAt: n }),
      manifest: '{}',
      labels: { common: 'yes', ...(n % 500 === 0 ? { rare: 'yes' } : {}) },
      template: n % 100 === 0 ? 'tpl' : '',
    })
  }

  function pathOf(filter: RunFilter): string {
    if (state === undefined) throw new Error('no state')
    const { path, rows } = choosePath(state.db, filter)
    const index = /INDEXED BY (\w+)/.exec(path.from)?.[1] ?? path.from.split(' ')[0]
    return `${index}${rows < fewRows ? ` ${rows}` : ''}`
  }

  it.each<[string, RunFilter, string]>([
    ['nothing', {}, 'run_newest'],
    ['a namespace', { namespaces: ['ns-1'] }, 'run_namespace'],
    ['a namespace and a phase', { namespaces: ['ns-0'], phases: ['Failed'] }, 'run_namespace_phase'],
    ['a namespace and a phase that it has not', { namespaces: ['ns-1'], phases: ['Failed'] }, 'run_namespace_phase 0'],
    ['a rare label among common ones', { phases: ['Succeeded'], labels: [{ key: 'common', operator: 'in', values: ['yes'] }, { key: 'rare', operator: 'in', values: ['yes'] }] }, 'run_label 40'],
    ['a rare label that only has to be there', { namespaces: ['ns-0'], labels: [{ key: 'rare', operator: 'exists', values: [] }] }, 'run_label 40'],
    ['a common label with a rare name', { labels: [{ key: 'common', operator: 'in', values: ['yes'] }], namePrefix: 'special' }, 'run_bare_name 20'],
    ['a template', { template: 'tpl', phases: ['Succeeded'] }, 'run_template 200'],
    ['what is not finished', { finished: false, namespaces: ['ns-0'] }, 'run_unfinished 5'],
    ['a short time', { createdFrom: 500, createdBefore: 600, phases: ['Succeeded'] }, 'run_newest 100'],
    ['uids', { uids: ['u1', 'u2'], phases: ['Succeeded'] }, 'run_uid 2'],
  ])('takes for %s the index with the fewest runs', (_, filter, expected) => {
    expect(pathOf(filter)).toBe(expected)
  })
})
