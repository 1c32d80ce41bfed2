// Owns what every object store must do, as tests to run on each adapter.
import { afterEach, describe } from 'vitest'
import { describeDeletion, describeOwners, describeSharing } from './object-store-deletion.ts'
import type { ObjectsPlace, Open, OpenObjects } from './object-store-kit.ts'
import { describeHistory, describeLists } from './object-store-lists.ts'
import { describeMoments } from './object-store-model.ts'
import { describeFollowing, describeWatch } from './object-store-watch.ts'
import { describeConcurrency, describeRefusals, describeVerbs } from './object-store-writing.ts'

export function objectStoreContract(title: string, newPlace: () => ObjectsPlace): void {
  describe(`ObjectStore: ${title}`, () => {
    const places: ObjectsPlace[] = []
    const opened: OpenObjects[] = []

    afterEach(() => {
      for (const store of opened.splice(0)) store.close()
      for (const place of places.splice(0)) place.remove()
    })

    function place(): (owner: string, options?: { readonly changesKept?: number }) => OpenObjects {
      const created = newPlace()
      places.push(created)
      return (owner, options) => {
        const store = created.open(owner, options)
        opened.push(store)
        return store
      }
    }

    const open: Open = (options) => place()('me', options)

    describeVerbs(open, place)
    describeRefusals(open)
    describeConcurrency(open)
    describeDeletion(open)
    describeOwners(open)
    describeSharing(open)
    describeLists(open)
    describeWatch(open)
    describeFollowing(open, place)
    describeHistory(open)
    describeMoments(open)
  })
}
