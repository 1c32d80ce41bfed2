// Owns turning manifests of earlier versions into those of today: single schedules, mutexes and semaphores become lists of one.
import { goView } from '../go-view.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'
import { decode } from '../decode/decode.ts'
import { isManifestKind, schemaOfKind } from '../source/manifests.ts'

/**
 * The object in today's form, written as the reference writes it (fields in order, empty ones as Go has them). Objects of other
 * kinds come back as they are.
 */
export function convertLegacy(value: Json): Json {
  const kind = isObject(value) ? value['kind'] : undefined
  if (!isObject(value) || typeof kind !== 'string' || !isManifestKind(kind)) return value
  const schema = schemaOfKind(kind)
  const current = decode(schema, modernObject(value, kind === 'CronWorkflow'), { foldCase: true, dropUnknown: true })
  return goView(schema, current.value as unknown as Json)
}

function modernObject(object: JsonObject, cron: boolean): JsonObject {
  const { spec } = object
  if (!isObject(spec)) return object
  if (!cron) return { ...object, spec: modernSpec(spec) }
  const { schedule, workflowSpec, ...rest } = spec
  return {
    ...object,
    spec: {
      ...rest,
      // The single schedule wins over the list, as in the reference.
      ...(typeof schedule === 'string' && schedule !== '' && { schedules: [schedule] }),
      ...(isObject(workflowSpec) && { workflowSpec: modernSpec(workflowSpec) }),
    },
  }
}

function modernSpec(spec: JsonObject): JsonObject {
  const { synchronization, templates } = spec
  return {
    ...spec,
    ...(isObject(synchronization) && { synchronization: modernLocks(synchronization) }),
    ...(Array.isArray(templates) && { templates: (templates as readonly Json[]).map(modernTemplate) }),
  }
}

function modernTemplate(template: Json): Json {
  if (!isObject(template) || !isObject(template['synchronization'])) return template
  return { ...template, synchronization: modernLocks(template['synchronization']) }
}

/** Single locks are put behind those of the lists. */
function modernLocks(locks: JsonObject): JsonObject {
  const { mutex, semaphore, mutexes, semaphores, ...rest } = locks
  const joined = (many: Json | undefined, one: Json | undefined): readonly Json[] => [...(Array.isArray(many) ? (many as readonly Json[]) : []), ...(isObject(one) ? [one] : [])]
  return { ...rest, semaphores: joined(semaphores, semaphore), mutexes: joined(mutexes, mutex) }
}
