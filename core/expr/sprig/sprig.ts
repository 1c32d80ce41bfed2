// Owns the table of sprig's functions as Argo offers them: all but `env` and `expandenv`.

import { freshMap, type GoFunc, type PlainMap } from '../golang/value.ts'
import { CASES } from './cases.ts'
import { DATES } from './dates.ts'
import { DEFAULTS } from './defaults.ts'
import { HASHES } from './hashes.ts'
import { HOSTED } from './hosted.ts'
import { LISTS } from './lists.ts'
import { MAPS } from './maps.ts'
import { NUMBERS } from './numbers.ts'
import { PATHS } from './paths.ts'
import { PATTERNS } from './patterns.ts'
import { RANDOM } from './random.ts'
import { TEXTS } from './texts.ts'
import { URLS } from './urls.ts'
import { VERSIONS } from './versions.ts'

const ALL: readonly GoFunc[] = [
  ...TEXTS, ...CASES, ...LISTS, ...MAPS, ...DEFAULTS, ...NUMBERS, ...DATES, ...PATTERNS, ...PATHS, ...URLS, ...VERSIONS, ...HASHES, ...RANDOM, ...HOSTED,
]

function table(): PlainMap {
  const out = freshMap()
  for (const f of ALL) out[f.name] = f
  return Object.freeze(out)
}

/** `sprig` as expressions see it. */
export const SPRIG: PlainMap = table()
