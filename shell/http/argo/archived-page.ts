// Owns pages of archived workflows: so many from so far on, and whether more follow, without counting what nobody asks for.
import type { JsonObject } from '@tiphys/core/kube'
import type { ArchiveFilter, ArchiveProblem, ArchiveStore } from '@tiphys/shell/ports'

export interface ArchivedPage {
  readonly items: readonly JsonObject[]
  readonly hasMore: boolean
}

export type ReadArchivedPage = { readonly ok: true; readonly value: ArchivedPage } | { readonly ok: false; readonly problem: ArchiveProblem }

const PAGE_MAX = 1000

/** Without a limit: everything from there on. With a limit of 0 it is only told whether anything follows. */
export async function archivedPage(archive: ArchiveStore, filter: ArchiveFilter, { offset, limit }: { readonly offset: number; readonly limit: number | undefined }): Promise<ReadArchivedPage> {
  const items: JsonObject[] = []
  // One more than is wanted shows whether more follow.
  const wanted = limit === undefined ? Number.POSITIVE_INFINITY : limit + 1
  for (let token: string | undefined; ;) {
    const from = token === undefined ? { offset } : { continue: token }
    const page = await archive.list({ ...filter, ...from, limit: Math.min(PAGE_MAX, wanted - items.length) })
    if (!page.ok) return page
    items.push(...page.value.workflows.map(({ outline }) => JSON.parse(outline) as JsonObject))
    token = page.value.continue
    if (token === undefined || items.length >= wanted) break
  }
  return { ok: true, value: { items: limit === undefined ? items : items.slice(0, limit), hasMore: limit !== undefined && items.length > limit } }
}
