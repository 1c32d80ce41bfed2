// Owns the table of expr-lang's builtin functions without predicates.

import type { Builtin } from './builtin.ts'
import { CONVERSIONS } from './builtins-convert.ts'
import { LISTS } from './builtins-list.ts'
import { MATHS } from './builtins-math.ts'
import { TEXTS } from './builtins-text.ts'
import { TIMES } from './builtins-time.ts'

export const BUILTINS: ReadonlyMap<string, Builtin> = new Map([...TEXTS, ...LISTS, ...MATHS, ...CONVERSIONS, ...TIMES].map((b) => [b.name, b]))
