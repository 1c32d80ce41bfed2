// Owns the places of keys and values in a text, kept beside the values.

/** Where a value stands: an offset for a scalar, and the marks of the children for a collection. */
export type Mark = number | MapMark | ListMark

export interface MapMark {
  readonly kind: 'map'
  readonly at: number
  /** Keys, their offsets and the marks of their values, side by side. A key that stands twice is here once. */
  readonly keys: string[]
  readonly keyAts: number[]
  readonly marks: Mark[]
}

export interface ListMark {
  readonly kind: 'list'
  readonly at: number
  readonly items: readonly Mark[]
}

export interface DuplicateKey {
  readonly key: string
  readonly at: number
  readonly firstAt: number
  /** Known for JSON only. */
  readonly path?: readonly (string | number)[] | undefined
}
