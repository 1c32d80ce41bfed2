// Owns the cutting of identifiers into words: `HTTPServer2x` into snake, kebab and Pascal case.

import { characters, lowerRune, upperRune } from '../golang/strings.ts'
import { isSpace } from '../golang/text.ts'

const isConnector = (c: string): boolean => c === '-' || c === '_' || isSpace(c)
/** Tests a character, with a quick answer for ASCII. */
const kind = (ascii: RegExp, all: RegExp) => (c: string): boolean => (c < '\u0080' ? ascii : all).test(c)
const isUpper = kind(/^[A-Z]$/, /^\p{Lu}$/u)
/** Chinese characters have no case and count as symbols. */
const isLetter = kind(/^[A-Za-z]$/, /^(?![\u3400-\u4d85\u4e00-\u9fcc\u{20000}-\u{2b81d}])\p{L}$/u)
const isNumber = kind(/^[0-9]$/, /^\p{N}$/u)
const isPunctuation = kind(/^[!-#%-*,-/:;?@[-\]_{}]$/, /^\p{P}$/u)

/** Words joined in upper camel case; connectors at the start stay, and of several in a row one goes. */
export function pascalCase(s: string): string {
  const all = characters(s)
  let i = 0
  while (i < all.length && isConnector(all[i] ?? '')) i++
  let out = all.slice(0, i).join('')
  const first = all[i]
  if (first === undefined) return out + (all[all.length - 1] ?? '') // The reference repeats the last connector of a text without words.
  let upperRun = isUpper(first)
  let held = upperRune(first)
  for (const c of all.slice(i + 1)) {
    const previous = held
    held = c
    if (isConnector(c) && isConnector(previous)) { out += previous; continue }
    if (isConnector(previous)) {
      upperRun = isUpper(c)
      held = upperRune(c)
      continue
    }
    if (upperRun && isUpper(c)) held = lowerRune(c)
    else upperRun = false
    out += previous
  }
  return out + held
}

type Kind = 'none' | 'number' | 'upper' | 'letters' | 'connector' | 'punctuation' | 'other'
interface Word { readonly kind: Kind; readonly text: string }

const isBroken = (c: string): boolean => c === '\ufffd' || (c >= '\udc80' && c <= '\udcff')

/** The characters that decide about words, and the text of each: what is no character goes along with the next that is one, or at the end with the last. */
function deciding(s: string): { readonly all: readonly string[]; readonly texts: readonly string[] } {
  const all: string[] = []
  const texts: string[] = []
  let broken = ''
  for (const c of characters(s)) {
    if (isBroken(c)) { broken += c; continue }
    all.push(c)
    texts.push(broken + c)
    broken = ''
  }
  if (broken !== '') texts[texts.length === 0 ? 0 : texts.length - 1] = `${texts.at(-1) ?? ''}${broken}`
  return { all: all.length === 0 && broken !== '' ? [broken] : all, texts }
}

/** Cuts a text into words of one kind each. */
function words(s: string): readonly Word[] {
  const { all, texts } = deciding(s)
  const found: Word[] = []
  for (let at = 0; at < all.length;) {
    const { kind, end } = wordAt(all, at)
    found.push({ kind, text: texts.slice(at, end).join('') })
    at = end
  }
  return found
}

function wordAt(all: readonly string[], at: number): { readonly kind: Kind; readonly end: number } {
  const c = all[at] ?? ''
  if (isConnector(c)) return { kind: 'connector', end: runOf(all, at, isConnector) }
  if (isPunctuation(c)) return { kind: 'punctuation', end: runOf(all, at, isPunctuation) }
  if (isUpper(c)) return { kind: 'upper', end: upperEnd(all, at) }
  if (isLetter(c)) return { kind: 'letters', end: runOf(all, at, isLowerLetter) }
  if (isNumber(c)) return { kind: 'number', end: runOf(all, at, isNumber) }
  return { kind: 'other', end: runOf(all, at, (o) => !isConnector(o) && !isLetter(o) && !isNumber(o) && !isPunctuation(o)) }
}

const isLowerLetter = (c: string): boolean => isLetter(c) && !isUpper(c)

/** The end of a run that starts at `at`, whatever stands there. */
function runOf(all: readonly string[], at: number, belongs: (c: string) => boolean): number {
  let end = at + 1
  while (end < all.length && belongs(all[end] ?? '')) end++
  return end
}

/** `HTTPServer` ends before `Server`; `Server` takes its lower case letters along. */
function upperEnd(all: readonly string[], at: number): number {
  if (!isUpper(all[at + 1] ?? '')) return isLetter(all[at + 1] ?? '') ? runOf(all, at, isLowerLetter) : at + 1
  const end = runOf(all, at, isUpper)
  return end < all.length && isLetter(all[end] ?? '') ? end - 1 : end
}

const END: Word = { kind: 'none', text: '' }

/** Lower case words with a connector between them; numbers stick to letters that follow them. */
export function separatedCase(s: string, connector: string): string {
  const list = words(s)
  let out = ''
  const put = ({ kind, text }: Word): void => {
    out += kind === 'upper' || kind === 'connector' ? characters(text).map((c) => lowered(c, connector)).join('') : text
  }
  let at = 0
  const take = (): Word => list[at++] ?? END
  let word = take()
  const breaks = (w: Word): boolean => w.kind !== 'connector' && w.kind !== 'punctuation'
  const putRun = (): void => {
    while (word.kind === 'letters' || word.kind === 'number') { put(word); word = take() }
    if (word.kind !== 'none' && breaks(word)) out += connector
  }
  while (at < list.length) {
    if (word.kind !== 'connector') put(word)
    const previous = word
    word = take()
    if (previous.kind === 'number') putRun()
    else if (previous.kind === 'connector') put(previous)
    else if (previous.kind === 'punctuation') continue
    else if (word.kind !== 'number') out += breaks(word) ? connector : ''
    else if (at < list.length) {
      const number = word
      word = take()
      if (word.kind === 'letters') {
        out += connector
        put(number)
        putRun()
      } else {
        put(number)
        if (breaks(word)) out += connector
      }
    }
  }
  put(word)
  return out
}

function lowered(c: string, connector: string): string {
  if (isConnector(c)) return connector
  return isUpper(c) ? lowerRune(c) : c
}
