// Owns hashed and derived passwords.
import { createHmac, scryptSync } from 'node:crypto'
import type { Hosted, PasswordRequest } from '@tiphys/core/expr'
import { bcryptLibrary } from './libraries.ts'

const COST = '$2a$10$'
const PASSWORD_BYTES_MAX = 72

export function bcrypt(password: Uint8Array, salt: Uint8Array): Hosted<string> {
  // Go's sprig answers this with a text that goes where the hash would.
  if (password.length > PASSWORD_BYTES_MAX) return { ok: true, value: 'failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes' }
  const library = bcryptLibrary()
  const text = readUtf8(password)
  if (text === undefined) return { ok: false, message: 'bcrypt: the password has bytes that are no UTF-8' }
  return { ok: true, value: library.hashSync(text, COST + library.encodeBase64([...salt] as unknown as Parameters<typeof library.encodeBase64>[0], salt.length)) }
}

function readUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const SEED = Buffer.from('com.lyndir.masterpassword')

/** The shapes of passwords by type, as the Master Password algorithm has them: each letter names a set of characters. */
const SHAPES: ReadonlyMap<string, readonly string[]> = new Map([
  ['maximum', ['anoxxxxxxxxxxxxxxxxx', 'axxxxxxxxxxxxxxxxxno']],
  ['long', [
    'CvcvnoCvcvCvcv', 'CvcvCvcvnoCvcv', 'CvcvCvcvCvcvno', 'CvccnoCvcvCvcv', 'CvccCvcvnoCvcv', 'CvccCvcvCvcvno', 'CvcvnoCvccCvcv',
    'CvcvCvccnoCvcv', 'CvcvCvccCvcvno', 'CvcvnoCvcvCvcc', 'CvcvCvcvnoCvcc', 'CvcvCvcvCvccno', 'CvccnoCvccCvcv', 'CvccCvccnoCvcv',
    'CvccCvccCvcvno', 'CvcvnoCvccCvcc', 'CvcvCvccnoCvcc', 'CvcvCvccCvccno', 'CvccnoCvcvCvcc', 'CvccCvcvnoCvcc', 'CvccCvcvCvccno',
  ]],
  ['medium', ['CvcnoCvc', 'CvcCvcno']],
  ['short', ['Cvcn']],
  ['basic', ['aaanaaan', 'aannaaan', 'aaannaaa']],
  ['pin', ['nnnn']],
])

const VOWELS = 'AEIOU'
const CONSONANTS = 'BCDFGHJKLMNPQRSTVWXYZ'
const DIGITS = '0123456789'
const LETTERS = VOWELS + VOWELS.toLowerCase() + CONSONANTS + CONSONANTS.toLowerCase()
const SETS: ReadonlyMap<string, string> = new Map([
  ['V', VOWELS], ['C', CONSONANTS], ['v', VOWELS.toLowerCase()], ['c', CONSONANTS.toLowerCase()], ['A', VOWELS + CONSONANTS], ['a', LETTERS], ['n', DIGITS],
  ['o', "@&%?,=[]_:-+*$#!'^~;()/."], ['x', `${LETTERS}${DIGITS}!@#$%^&*()`],
])

const SCRYPT = { N: 32_768, r: 8, p: 2, maxmem: 64 * 1024 * 1024 } as const
const KEY_BYTES = 64

export function derivePassword({ counter, type, password, user, site }: PasswordRequest): Hosted<string> {
  const shapes = SHAPES.get(type)
  if (shapes === undefined) return { ok: true, value: `cannot find password template ${type}` }
  const key = scryptSync(password, Buffer.concat([SEED, uint32(user.length), user]), KEY_BYTES, SCRYPT)
  const seed = createHmac('sha256', key).update(SEED).update(uint32(site.length)).update(site).update(uint32(counter)).digest()
  const shape = shapes[(seed[0] ?? 0) % shapes.length] ?? ''
  const characters = Array.from(shape, (letter, i) => {
    const set = SETS.get(letter) ?? ''
    return set[(seed[i + 1] ?? 0) % set.length]
  })
  return { ok: true, value: characters.join('') }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}
