// Owns the budgets of a running evaluation and the few facts from outside that functions may ask for.

import { stop } from './failure.ts'
import type { HostedFunctions } from './hosted-functions.ts'
import type { Value } from './value.ts'

/** Work that an evaluation may do before it is stopped; one step is about one operation. */
export const stepsMax = 400_000
/** Elements of lists and maps that an evaluation may build: the budget that expr-lang itself has. */
export const elementsMax = 1_000_000
/** Characters that an evaluation may build. */
export const charactersMax = 16_000_000

/** Facts from outside that pure code cannot know. What is absent makes the functions that need it stop. */
export interface Facilities {
  /** Unix time in milliseconds. */
  readonly nowMs?: number | undefined
  /** Random bytes. */
  readonly random?: ((length: number) => Uint8Array) | undefined
  /** Functions of sprig that only a host can offer: keys, certificates, slow ciphers, the network. */
  readonly sprig?: Partial<HostedFunctions> | undefined
}

/** What is left of the budgets, together with the facilities. */
export interface Host {
  steps: number
  elements: number
  characters: number
  readonly facilities: Facilities
}

export const host = (facilities: Facilities): Host => ({ steps: stepsMax, elements: elementsMax, characters: charactersMax, facilities })

/** Takes steps from the budget. */
export function charge(h: Host, steps: number): void {
  h.steps -= steps
  if (h.steps < 0) throw stop('limit', 'the expression takes too many steps')
}

/** Takes list or map elements from the budget. */
export function grow(h: Host, elements: number): void {
  h.elements -= elements
  if (h.elements <= 0) throw stop('limit', 'memory budget exceeded')
  charge(h, 1 + (elements >> 2))
}

/** Takes what looking once at every value costs: long texts and lists cost by their length. */
export function chargeValues(h: Host, values: readonly Value[]): void {
  let steps = 4
  for (const v of values) {
    if (typeof v === 'string') steps += v.length >> 4
    else if (typeof v === 'object' && v !== null) steps += (itemsLength(v) ?? 8) >> 2
  }
  charge(h, steps)
}

function itemsLength(v: object & Value): number | undefined {
  if (Array.isArray(v) || v instanceof Uint8Array) return v.length
  return 'items' in v && Array.isArray(v['items']) ? v['items'].length : undefined
}

/** Takes what walking a text character by character costs. */
export const chargeText = (h: Host, text: string): void => charge(h, text.length)

/** Takes characters from the budget. */
export function allocate(h: Host, characters: number): void {
  h.characters -= characters
  if (h.characters < 0) throw stop('limit', 'the expression builds too large a text')
}

/** Unix time in milliseconds. */
export function nowMs(h: Host): number {
  if (h.facilities.nowMs === undefined) throw stop('unavailable', 'the time of day is not available here')
  return h.facilities.nowMs
}

export function randomBytes(h: Host, length: number): Uint8Array {
  if (h.facilities.random === undefined) throw stop('unavailable', 'randomness is not available here')
  charge(h, length)
  return h.facilities.random(length)
}
