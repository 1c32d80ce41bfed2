// The variables of one loop item: `item` and, for maps, `item.<key>`.
import { type LoopItem, type Value, emptyMap } from '@tiphys/core/expr'
import type { Layer } from './scope.ts'

export function itemLayer(item: LoopItem): Layer {
  return {
    roots: ['item'],
    get(name) {
      if (name === 'item') return item.text
      return name.startsWith('item.') ? item.members.get(name.slice('item.'.length)) : undefined
    },
    *names() {
      yield 'item'
      for (const key of item.members.keys()) yield `item.${key}`
    },
    root(key) {
      if (key !== 'item') return undefined
      return item.members.size === 0 ? item.text : members(item)
    },
  }
}

/** A map's members; dotted keys nest as every variable does. */
function members(item: LoopItem): Value {
  const value = emptyMap()
  for (const [key, text] of item.members) value[key] = text
  return value
}
