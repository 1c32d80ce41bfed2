// Owns batch jobs as objects: what a new one is given so that its pods can be told from those of others.
import { resourceOfKind } from '@tiphys/core/api'
import { JOB_NAME_LABEL, JOB_SERVER_ANNOTATION, JOB_UID_LABEL } from '@tiphys/core/controllers'
import type { KubeStore } from '@tiphys/shell/http'
import type { KubeObject, ObjectResult, StoredObject } from '@tiphys/shell/ports'

const JOBS = resourceOfKind('Job')

interface Job extends StoredObject {
  readonly spec?: JobSpec
}

interface JobSpec {
  readonly parallelism?: number
  readonly completions?: number
  readonly selector?: object
  readonly template?: { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } }
}

/** `server` is noted on each job: its pods run where it was made, whoever else sees it. */
export function jobStore(objects: KubeStore, server: string): KubeStore {
  return {
    get: (key) => objects.get(key), list: (query) => objects.list(query), watch: (query) => objects.watch(query), delete: (key, options) => objects.delete(key, options),
    update: (type, object, options) => objects.update(type, object, options),
    create: async (type, object, options) => {
      const made = await objects.create(type, object, options)
      return made.ok && options?.dryRun !== true ? settle(objects, made.value, server) : made
    },
  }
}

/** The selector names the uid, which a job has only once it is stored. */
async function settle(objects: Pick<KubeStore, 'update'>, job: Job, server: string): Promise<ObjectResult<StoredObject>> {
  const { resourceVersion: _, ...rest } = job.metadata
  const metadata = { ...rest, annotations: { ...rest.annotations, [JOB_SERVER_ANNOTATION]: server } }
  const { template = {}, ...spec } = job.spec ?? {}
  const labels = { ...template.metadata?.labels, [JOB_UID_LABEL]: metadata.uid, [JOB_NAME_LABEL]: metadata.name, 'controller-uid': metadata.uid, 'job-name': metadata.name }
  const alone = spec.parallelism === undefined && spec.completions === undefined
  const settled = {
    parallelism: 1, ...(alone && { completions: 1 }), backoffLimit: 6, completionMode: 'NonIndexed', suspend: false, manualSelector: false, podReplacementPolicy: 'TerminatingOrFailed', ...spec,
    selector: spec.selector ?? { matchLabels: { [JOB_UID_LABEL]: metadata.uid } }, template: { ...template, metadata: { ...template.metadata, labels } },
  }
  return objects.update(JOBS, { ...job, metadata, spec: settled } as KubeObject)
}
