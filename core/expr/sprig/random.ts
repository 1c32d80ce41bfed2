// Owns sprig's random functions. All randomness comes from the caller.

import { base64 } from '../golang/base64.ts'
import { fail } from '../golang/failure.ts'
import { allocate, randomBytes, type Host } from '../golang/host.ts'
import { characters } from '../golang/strings.ts'
import type { GoFunc } from '../golang/value.ts'
import { define, int, text } from './define.ts'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const DIGITS = '0123456789'
const ASCII = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('')
const COUNT = 'func(int) string'

export const RANDOM: readonly GoFunc[] = [
  define('randAlphaNum', COUNT, ([n], host) => pick(LETTERS + DIGITS, int(n), host)),
  define('randAlpha', COUNT, ([n], host) => pick(LETTERS, int(n), host)),
  define('randNumeric', COUNT, ([n], host) => pick(DIGITS, int(n), host)),
  define('randAscii', COUNT, ([n], host) => pick(ASCII, int(n), host)),
  define('randBytes', 'func(int) (string, error)', ([n], host) => {
    if (int(n) < 0) fail('runtime error: makeslice: len out of range')
    allocate(host, int(n) * 2)
    return base64(randomBytes(host, int(n)))
  }),
  define('randInt', 'func(int, int) int', ([from, to], host) => {
    if (int(to) <= int(from)) fail('invalid argument to Intn')
    return int(from) + below(int(to) - int(from), host)
  }),
  define('shuffle', 'func(string) string', ([s], host) => {
    const all = characters(text(s))
    for (let i = all.length - 1; i > 0; i--) {
      const j = below(i + 1, host)
      const held = all[i] ?? ''
      all[i] = all[j] ?? ''
      all[j] = held
    }
    return all.join('')
  }),
  define('uuidv4', 'func() string', (_, host) => uuid(randomBytes(host, 16))),
]

/** A number from 0 to below `limit`, each as likely as the others. */
function below(limit: number, host: Host): number {
  const span = 2 ** 48
  const usable = span - (span % limit)
  for (;;) {
    const drawn = randomBytes(host, 6).reduce((sum, byte) => sum * 256 + byte, 0)
    if (drawn < usable) return drawn % limit
  }
}

function pick(alphabet: string, count: number, host: Host): string {
  if (count < 0) return ''
  allocate(host, count)
  return Array.from({ length: count }, () => alphabet[below(alphabet.length, host)] ?? '').join('')
}

function uuid(bytes: Uint8Array): string {
  const own = Uint8Array.from(bytes)
  own[6] = ((own[6] ?? 0) & 0x0f) | 0x40
  own[8] = ((own[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(own, (b) => b.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
