// Owns the step from syntax tree to the instructions of a Thompson machine.

import { charTest, type CharTest } from './charset.ts'
import { BEGIN_TEXT, refuse, type CharSet, type Parsed, type Syntax } from './syntax.ts'

export const MATCH = 0
/** Continues at `next` after a character of the set. */
export const CHAR = 1
/** Continues at `next` first, at `other` second. */
export const SPLIT = 2
/** Remembers the position in slot `other`. */
export const SAVE = 3
/** Continues at `next` where a place condition holds. */
export const PLACE = 4
export const JUMP = 5

/** Programs with more instructions are refused. */
export const instructionsMax = 20_000

export interface RegexProgram {
  readonly op: Uint8Array
  readonly next: Int32Array
  /** The second branch, the slot, the place condition or the set, depending on the instruction. */
  readonly other: Int32Array
  readonly sets: readonly CharTest[]
  readonly start: number
  readonly names: readonly string[]
  /** True when some instruction looks at the place between characters. */
  readonly looksAround: boolean
  /** True when every match starts at the start of the text. */
  readonly anchored: boolean
  /** The one character that every match starts with, where there is one. */
  readonly lead: string | undefined
}

interface Builder { readonly op: number[]; readonly next: number[]; readonly other: number[]; readonly sets: CharTest[]; readonly setIndex: Map<string, number> }

/** A piece of program: where it starts, the open ends to be connected, and whether it can match nothing. */
interface Piece { readonly start: number; readonly ends: readonly number[]; readonly nullable: boolean }

export function compileProgram({ root, names }: Parsed): RegexProgram {
  const b: Builder = { op: [], next: [], other: [], sets: [], setIndex: new Map() }
  const piece = capture(b, 0, compile(b, root))
  connect(b, piece.ends, add(b, MATCH, 0))
  return {
    op: Uint8Array.from(b.op), next: Int32Array.from(b.next), other: Int32Array.from(b.other), sets: b.sets, start: piece.start, names,
    looksAround: b.op.includes(PLACE), ...leadOf(root),
  }
}

/** What every match starts with, as far as the first parts of a concatenation tell. */
function leadOf(root: Syntax): { readonly anchored: boolean; readonly lead: string | undefined } {
  let first: Syntax | undefined = root
  while (first?.kind === 'concat' || first?.kind === 'capture') first = first.kind === 'concat' ? first.parts[0] : first.inner
  const anchored = first?.kind === 'place' && first.condition === BEGIN_TEXT
  const item = first?.kind === 'char' && !first.set.negated && !first.set.fold && first.set.items.length === 1 ? first.set.items[0] : undefined
  const lead = item?.kind === 'range' && item.from === item.to && item.from < 0xd800 ? String.fromCodePoint(item.from) : undefined
  return { anchored, lead }
}

function add(b: Builder, op: number, other: number): number {
  if (b.op.length >= instructionsMax) refuse('expression too large', '')
  b.op.push(op)
  b.next.push(-1)
  b.other.push(other)
  return b.op.length - 1
}

/** An end is an instruction's `next`, or its `other` when it is written as a negative number. */
const otherEnd = (instruction: number): number => -instruction - 1

function connect(b: Builder, ends: readonly number[], target: number): void {
  for (const end of ends) {
    if (end >= 0) b.next[end] = target
    else b.other[-end - 1] = target
  }
}

function compile(b: Builder, node: Syntax): Piece {
  switch (node.kind) {
    case 'char': {
      const start = add(b, CHAR, setOf(b, node.set))
      return { start, ends: [start], nullable: false }
    }
    case 'place': return straight(add(b, PLACE, node.condition))
    case 'capture': return capture(b, node.index, compile(b, node.inner))
    case 'concat': return concatenate(b, node.parts)
    case 'alternate': return alternate(b, node.parts)
    case 'repeat': return repeat(b, node)
  }
}

const straight = (start: number): Piece => ({ start, ends: [start], nullable: true })

function setOf(b: Builder, set: CharSet): number {
  const [item] = set.items
  const key = set.items.length === 1 && item?.kind === 'range' ? `${item.from},${item.to},${set.negated},${set.fold}` : undefined
  const known = key === undefined ? undefined : b.setIndex.get(key)
  if (known !== undefined) return known
  b.sets.push(charTest(set))
  if (key !== undefined) b.setIndex.set(key, b.sets.length - 1)
  return b.sets.length - 1
}

function capture(b: Builder, index: number, inner: Piece): Piece {
  const open = add(b, SAVE, 2 * index)
  const close = add(b, SAVE, 2 * index + 1)
  b.next[open] = inner.start
  connect(b, inner.ends, close)
  return { start: open, ends: [close], nullable: inner.nullable }
}

function concatenate(b: Builder, parts: readonly Syntax[]): Piece {
  let whole: Piece | undefined
  for (const part of parts) whole = sequel(b, whole, compile(b, part))
  return whole ?? straight(add(b, JUMP, 0))
}

function sequel(b: Builder, first: Piece | undefined, second: Piece): Piece {
  if (first === undefined) return second
  connect(b, first.ends, second.start)
  return { start: first.start, ends: second.ends, nullable: first.nullable && second.nullable }
}

/** The first alternative is preferred to all later ones. */
function alternate(b: Builder, parts: readonly Syntax[]): Piece {
  const pieces = parts.map((part) => compile(b, part))
  let start = pieces[pieces.length - 1]?.start ?? 0
  for (let i = pieces.length - 2; i >= 0; i--) {
    const split = add(b, SPLIT, start)
    b.next[split] = pieces[i]?.start ?? 0
    start = split
  }
  return { start, ends: pieces.flatMap((p) => p.ends), nullable: pieces.some((p) => p.nullable) }
}

type Repeat = Extract<Syntax, { kind: 'repeat' }>

/** `x{2,4}` is `xx(x(x)?)?`; `x{2,}` is `xx+`. */
function repeat(b: Builder, { inner, min, max, greedy }: Repeat): Piece {
  let whole: Piece | undefined
  const copies = max < 0 ? min - 1 : min
  for (let i = 0; i < copies; i++) whole = sequel(b, whole, compile(b, inner))
  if (max < 0) return sequel(b, whole, min === 0 ? star(b, inner, greedy) : plus(b, compile(b, inner), greedy))
  let rest: Piece | undefined
  for (let i = min; i < max; i++) rest = optional(b, rest === undefined ? compile(b, inner) : sequel(b, compile(b, inner), rest), greedy)
  if (rest !== undefined) return sequel(b, whole, rest)
  return whole ?? straight(add(b, JUMP, 0))
}

/** A split whose preferred branch enters the piece when greedy, and skips it when not. */
function branch(b: Builder, entry: number, greedy: boolean): { readonly split: number; readonly exit: number } {
  const split = add(b, SPLIT, -1)
  if (greedy) b.next[split] = entry
  else b.other[split] = entry
  return { split, exit: greedy ? otherEnd(split) : split }
}

function optional(b: Builder, piece: Piece, greedy: boolean): Piece {
  const { split, exit } = branch(b, piece.start, greedy)
  return { start: split, ends: [...piece.ends, exit], nullable: true }
}

function plus(b: Builder, piece: Piece, greedy: boolean): Piece {
  const { split, exit } = branch(b, piece.start, greedy)
  connect(b, piece.ends, split)
  return { start: piece.start, ends: [exit], nullable: piece.nullable }
}

/** A piece that can match nothing is looped as `(x+)?`, which keeps the order of preferences right. */
function star(b: Builder, inner: Syntax, greedy: boolean): Piece {
  const piece = compile(b, inner)
  if (piece.nullable) return optional(b, plus(b, piece, greedy), greedy)
  const { split, exit } = branch(b, piece.start, greedy)
  connect(b, piece.ends, split)
  return { start: split, ends: [exit], nullable: true }
}

