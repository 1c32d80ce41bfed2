// Memoized outputs from one run to the next.
import type { ConfigMap } from '@tiphys/core/spec'
import { openState } from '@tiphys/shell/adapters/sqlite'
import { describe, expect, it } from 'vitest'
import { cacheKeeper } from './caches.ts'

const cache = (data: Readonly<Record<string, string>>): ConfigMap =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'charts', namespace: 'default', labels: { 'workflows.argoproj.io/configmap-type': 'Cache' } }, data }) as ConfigMap

describe('caches', () => {
  it('are kept in the data directory, and what several processes add to one is all there', async () => {
    const state = openState(':memory:', { owner: { id: 'a', info: '{}' }, now: () => 0 })
    const [one, other] = [cacheKeeper(state, 'default'), cacheKeeper(state, 'default')]
    one.save(cache({ a: '1' }))
    other.save(cache({ b: '2' }))
    await Promise.all([one.saved(), other.saved()])
    one.save(cache({ a: '3' }))
    await one.saved()
    expect((await other.load()).map(({ data }) => data)).toEqual([{ a: '3', b: '2' }])
    expect(await cacheKeeper(state, 'elsewhere').load()).toEqual([])
    state.close()
  })
})
