// Owns whether an object meets label and field selectors.
import { matchesFields, matchesLabels } from '@tiphys/core/kube'
import type { ObjectFilter, StoredObject } from '@tiphys/shell/ports'

export function matches({ labels = [], fields = [] }: Pick<ObjectFilter, 'labels' | 'fields'>, object: StoredObject): boolean {
  return matchesLabels(labels, object.metadata.labels) && matchesFields(fields, (field) => fieldOf(object, field))
}

function fieldOf(object: StoredObject, path: string): string {
  let at: unknown = object
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return ''
    at = Reflect.get(at, name)
  }
  return at === null || at === undefined || typeof at === 'object' ? '' : String(at)
}
