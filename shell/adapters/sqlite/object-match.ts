// Owns whether an object meets label and field selectors.
import type { FieldRequirement, LabelRequirement, ObjectFilter, StoredObject } from '@tiphys/shell/ports'

export function matches({ labels = [], fields = [] }: Pick<ObjectFilter, 'labels' | 'fields'>, object: StoredObject): boolean {
  return labels.every((requirement) => hasLabel(object.metadata.labels ?? {}, requirement)) && fields.every((requirement) => hasField(object, requirement))
}

function hasLabel(labels: Readonly<Record<string, string>>, { key, operator, values = [] }: LabelRequirement): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return wholeNumber(value) > wholeNumber(values[0])
    case 'Lt':
      return wholeNumber(value) < wholeNumber(values[0])
  }
}

/** NaN, which compares as false, for what is not a number. */
function wholeNumber(text: string | undefined): number {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
}

function hasField(object: StoredObject, { path, operator, value }: FieldRequirement): boolean {
  return (fieldOf(object, path) === value) === (operator === '=')
}

function fieldOf(object: StoredObject, path: string): string {
  let at: unknown = object
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return ''
    at = Reflect.get(at, name)
  }
  return at === null || at === undefined || typeof at === 'object' ? '' : String(at)
}
