// Owns which workflows are being deleted: noted before anything is taken away, so that a server that starts again goes on with it.
import { rfc3339 } from '@tiphys/core/kube'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { DeleteOptions, KubeObject, ObjectStore, ResourceType, RunSummary } from '@tiphys/shell/ports'

/** Notes lie among the objects, but no API shows them. */
const NOTES: ResourceType = { group: 'internal.tiphys.dev', version: 'v1', kind: 'WorkflowDeletion', plural: 'workflowdeletions', namespaced: false, statusSubresource: false, generation: false }
const PAGE = 500

interface Note {
  /** Unix milliseconds. */
  readonly since: number
  /** Whether what the workflow owns shall stay. */
  readonly orphan: boolean
  /** Whether it goes only after what it owns. */
  readonly foreground: boolean
}

export interface Deletions {
  of(uid: string): Note | undefined
  /** Resolves once it is noted on disk. */
  begin(summary: RunSummary, options: DeleteOptions): Promise<void>
  done(uid: string): Promise<void>
  /** Uids of workflows whose deletion has begun and not ended. */
  pending(): readonly string[]
}

export async function openDeletions(objects: ObjectStore): Promise<Deletions> {
  const notes = await load(objects)
  return {
    of: (uid) => notes.get(uid),
    begin: async ({ uid, name }, { propagation }) => {
      const note: Note = { since: systemClock.now(), orphan: propagation === 'orphan', foreground: propagation === 'foreground' }
      notes.set(uid, note)
      const object = { apiVersion: `${NOTES.group}/v1`, kind: NOTES.kind, metadata: { name: uid }, workflow: name, orphan: note.orphan, foreground: note.foreground, since: rfc3339(note.since) }
      const made = await objects.create(NOTES, object as unknown as KubeObject)
      if (!made.ok && made.problem.code !== 'already_exists') throw new Error(made.problem.message)
    },
    done: async (uid) => {
      await objects.delete({ type: NOTES, namespace: '', name: uid })
      notes.delete(uid)
    },
    pending: () => [...notes.keys()],
  }
}

async function load(objects: ObjectStore): Promise<Map<string, Note>> {
  const notes = new Map<string, Note>()
  let token: string | undefined
  do {
    const page = await objects.list({ type: NOTES, limit: PAGE, ...(token !== undefined && { continue: token }) })
    if (!page.ok) throw new Error(page.problem.message)
    for (const object of page.value.objects) {
      const { orphan, foreground, since } = object as typeof object & { readonly orphan?: boolean; readonly foreground?: boolean; readonly since?: string }
      notes.set(object.metadata.name, { orphan: orphan === true, foreground: foreground === true, since: Date.parse(since ?? '') || 0 })
    }
    token = page.value.continue
  } while (token !== undefined)
  return notes
}
