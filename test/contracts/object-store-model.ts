// Owns the promise that clients build on: a list of any moment and the changes after it always make up the present.
import type { LabelSelector } from '@tiphys/core/kube'
import type { ObjectStore, StoredObject } from '@tiphys/shell/ports'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyOf, type Open, valueOf, widget, widgets } from './object-store-kit.ts'

type Act =
  | { readonly act: 'create' | 'update'; readonly name: string; readonly team: string; readonly held: boolean }
  | { readonly act: 'delete'; readonly name: string }

const name = fc.constantFrom('a', 'b', 'c', 'd')
const writing = fc.record({ act: fc.constantFrom('create' as const, 'update' as const), name, team: fc.constantFrom('x', 'y'), held: fc.boolean() })
const acts: fc.Arbitrary<readonly Act[][]> = fc.array(fc.array(fc.oneof(writing, fc.record({ act: fc.constant('delete' as const), name })), { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 15 })

const selectors: readonly LabelSelector[] = [[], [{ key: 'team', operator: 'in', values: ['x'] }], [{ key: 'team', operator: 'notin', values: ['x'] }]]

export function describeMoments(open: Open): void {
  describe('any history', () => {
    it('shows each moment as it was, and leads from each to the present', async () => {
      await fc.assert(
        fc.asyncProperty(acts, async (turns) => {
          const { objects } = open()
          const moments = [await moment(objects)]
          for (const turn of turns) {
            await Promise.all(turn.map((act) => perform(objects, act)))
            moments.push(await moment(objects))
          }
          for (const { version, all } of moments) {
            expect(await listed(objects, { version, selector: [] })).toEqual(all)
            for (const selector of selectors) await proveFollowing(objects, { version, selector })
          }
        }),
        { numRuns: 12 },
      )
    })
  })
}

interface Moment {
  readonly version: string
  readonly selector: LabelSelector
}

async function moment(objects: ObjectStore): Promise<{ readonly version: string; readonly all: readonly StoredObject[] }> {
  const page = valueOf(await objects.list({ type: widgets }))
  return { version: page.resourceVersion, all: page.objects }
}

/** Page by page, so that the pages too are of that moment. */
async function listed(objects: ObjectStore, { version, selector }: Moment): Promise<StoredObject[]> {
  const found: StoredObject[] = []
  let token: string | undefined
  do {
    const from = token === undefined ? { resourceVersion: version } : { continue: token }
    const page = valueOf(await objects.list({ type: widgets, labels: selector, limit: 2, ...from }))
    found.push(...page.objects)
    token = page.continue
  } while (token !== undefined)
  return found
}

/** Applies the changes after a moment to the list of it, as every client with a cache does. */
async function proveFollowing(objects: ObjectStore, { version, selector }: Moment): Promise<void> {
  const cache = new Map((await listed(objects, { version, selector })).map((object) => [object.metadata.name, object]))
  const present = valueOf(await objects.list({ type: widgets, labels: selector }))
  const watch = valueOf(await objects.watch({ type: widgets, labels: selector, resourceVersion: version }))
  // A last change ends the watch; it matches nothing that the cache holds.
  const end = valueOf(await objects.create(widgets, widget('end', { namespace: 'end', labels: { team: selector[0]?.operator === 'notin' ? 'z' : 'x' } })))
  for await (const event of watch) {
    if (event.type === 'BOOKMARK' || event.type === 'ERROR') throw new Error(`unexpected ${event.type}`)
    const { name, uid } = event.object.metadata
    if (uid === end.metadata.uid) break
    if (event.object.metadata.namespace === 'end') continue
    expect(cache.has(name)).toBe(event.type !== 'ADDED')
    if (event.type === 'DELETED') cache.delete(name)
    else cache.set(name, event.object)
  }
  await objects.delete(keyOf('end', widgets, 'end'))
  expect([...cache.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))).toEqual(present.objects)
}

async function perform(objects: ObjectStore, act: Act): Promise<void> {
  if (act.act === 'delete') return void (await objects.delete(keyOf(act.name)))
  const object = widget(act.name, { labels: { team: act.team }, ...(act.held ? { finalizers: ['held'] } : {}) })
  if (act.act === 'create') await objects.create(widgets, object)
  else await objects.update(widgets, object)
}
