// Owns which characters differ only in case, by Unicode's simple folding.

/** Classes of three or more characters, and pairs that upper and lower case do not lead to. */
const CLASSES: readonly string[] = [
  'Kk\u212a', 'Ss\u017f', '\u00c5\u00e5\u212b', '\u00b5\u039c\u03bc', '\u01c4\u01c5\u01c6', '\u01c7\u01c8\u01c9', '\u01ca\u01cb\u01cc', '\u01f1\u01f2\u01f3',
  '\u0345\u0399\u03b9\u1fbe', '\u0392\u03b2\u03d0', '\u0395\u03b5\u03f5', '\u0398\u03b8\u03d1\u03f4', '\u039a\u03ba\u03f0', '\u03a0\u03c0\u03d6',
  '\u03a1\u03c1\u03f1', '\u03a3\u03c2\u03c3', '\u03a6\u03c6\u03d5', '\u03a9\u03c9\u2126', '\u0412\u0432\u1c80', '\u0414\u0434\u1c81', '\u041e\u043e\u1c82',
  '\u0421\u0441\u1c83', '\u0422\u0442\u1c84\u1c85', '\u042a\u044a\u1c86', '\u0462\u0463\u1c87', '\u1c88\ua64a\ua64b', '\u1e60\u1e61\u1e9b', '\u00df\u1e9e',
]

const IN_CLASS = new Map<number, readonly number[]>(
  CLASSES.flatMap((text) => {
    const points = [...text].map((c) => c.codePointAt(0) ?? 0)
    return points.map((point) => [point, points] as const)
  }),
)

const KNOWN = new Map<number, readonly number[]>()
const knownMax = 10_000

/** All characters that differ from this one only in case, itself included. */
export function foldClass(point: number): readonly number[] {
  const special = IN_CLASS.get(point)
  if (special !== undefined) return special
  const known = KNOWN.get(point)
  if (known !== undefined) return known
  const made = pairOf(point)
  if (KNOWN.size >= knownMax) KNOWN.clear()
  KNOWN.set(point, made)
  return made
}

function pairOf(point: number): readonly number[] {
  const c = String.fromCodePoint(point)
  const others = [c.toLowerCase(), c.toUpperCase()].filter((o) => o !== c && [...o].length === 1 && new RegExp(`^${escape(o)}$`, 'iu').test(c))
  return [point, ...new Set(others.map((o) => o.codePointAt(0) ?? 0))]
}

const escape = (c: string): string => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`
