// Owns sprig's digests and its AES: pure arithmetic over bytes.

import { base64, decodeBase64 } from '../golang/base64.ts'
import { fail } from '../golang/failure.ts'
import { charge, randomBytes, type Host } from '../golang/host.ts'
import { fromBytes, toBytes } from '../golang/text.ts'
import type { GoFunc } from '../golang/value.ts'
import { decryptCbc, encryptCbc } from './aes.ts'
import { define, text } from './define.ts'
import { sha1, sha256, sha512 } from './sha.ts'

const ONE = 'func(string) string'

export const HASHES: readonly GoFunc[] = [
  define('sha1sum', ONE, ([s], host) => hex(sha1(input(text(s), host)))),
  define('sha256sum', ONE, ([s], host) => hex(sha256(input(text(s), host)))),
  define('sha512sum', ONE, ([s], host) => hex(sha512(input(text(s), host, 1200)))),
  define('adler32sum', ONE, ([s], host) => String(adler32(input(text(s), host)))),
  define('encryptAES', 'func(string, string) (string, error)', ([password, s], host) => encrypt(text(password), text(s), host)),
  define('decryptAES', 'func(string, string) (string, error)', ([password, s], host) => decrypt(text(password), text(s), host)),
]

/** `cost` is what a block of 64 bytes takes. */
function input(s: string, host: Host, cost = 200): Uint8Array {
  charge(host, cost * (1 + (s.length >> 6)))
  return toBytes(s)
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')

function adler32(bytes: Uint8Array): number {
  let a = 1
  let b = 0
  for (const byte of bytes) {
    a = (a + byte) % 65521
    b = (b + a) % 65521
  }
  return b * 65536 + a
}

/** The password's first 32 bytes, filled up with zeros. */
function keyOf(password: string): Uint8Array {
  const key = new Uint8Array(32)
  key.set(toBytes(password).subarray(0, 32))
  return key
}

function encrypt(password: string, s: string, host: Host): string {
  if (s === '') return ''
  const content = input(s, host, 300)
  const padding = 16 - (content.length % 16)
  const padded = new Uint8Array(content.length + padding).fill(padding)
  padded.set(content)
  const iv = randomBytes(host, 16)
  const encrypted = encryptCbc(keyOf(password), iv, padded)
  const both = new Uint8Array(16 + encrypted.length)
  both.set(iv)
  both.set(encrypted, 16)
  return base64(both)
}

function decrypt(password: string, s: string, host: Host): string {
  if (s === '') return ''
  charge(host, 100 + s.length * 4)
  const bytes = decodeBase64(s)
  if (typeof bytes === 'number') fail(`illegal base64 data at input byte ${bytes}`)
  if (bytes.length < 16) fail('runtime error: slice bounds out of range')
  const content = bytes.subarray(16)
  if (content.length % 16 !== 0) fail('crypto/cipher: input not full blocks')
  if (content.length === 0) fail('runtime error: index out of range')
  const plain = decryptCbc(keyOf(password), bytes.subarray(0, 16), content)
  const end = plain.length - (plain[plain.length - 1] ?? 0)
  return end < 0 ? fail('runtime error: slice bounds out of range') : fromBytes(plain.subarray(0, end))
}
