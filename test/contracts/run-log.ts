// Owns what every run log and run index must do, as tests to run on each adapter.
import { afterEach, describe } from 'vitest'
import type { Open, OpenRuns, RunsOptions, RunsPlace } from './run-log-kit.ts'
import { describeLeases, describeRemoval, describeSnapshotRules, describeSnapshots } from './run-log-lifetime.ts'
import { describeLists, describeWatch } from './run-log-lists.ts'
import { describeAppending, describeCreating, describeLimits } from './run-log-writing.ts'

export function runLogContract(title: string, newPlace: () => RunsPlace): void {
  describe(`RunLog: ${title}`, () => {
    const places: RunsPlace[] = []
    const opened: OpenRuns[] = []

    afterEach(() => {
      for (const store of opened.splice(0)) store.close()
      for (const place of places.splice(0)) place.remove()
    })

    function place(): (owner: string, options?: RunsOptions) => OpenRuns {
      const created = newPlace()
      places.push(created)
      return (owner, options) => {
        const store = created.open(owner, options)
        opened.push(store)
        return store
      }
    }

    const open: Open = (options) => place()('me', options)

    describeCreating(open)
    describeAppending(open, place)
    describeLimits(open)
    describeSnapshots(open)
    describeSnapshotRules(open, place)
    describeLeases(place)
    describeRemoval(open, place)
    describeLists(open)
    describeWatch(open, place)
  })
}
