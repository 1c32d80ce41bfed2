// Owns which nodes commands show, with what the reference says of choices that it cannot make.
import { type Shows, nodeFilter } from '../commands/node-filter.ts'
import { Fatal, Mistake } from './failure.ts'
import { datedLine } from './go-log.ts'
import type { Remote } from './remote.ts'

/** The reference finds out when it shows the first node, and not before. */
export function shownNodes({ argo, flags }: Remote): Shows {
  const both = argo && flags.text('status') !== '' && flags.text('node-field-selector') !== ''
  const filter = both ? { ok: false as const, message: 'cannot use both --status and --node-field-selector' } : nodeFilter(flags)
  if (filter.ok) return filter.shows
  if (!argo) throw new Mistake(filter.message)
  return () => {
    throw new Fatal(datedLine(Date.now(), filter.message))
  }
}
