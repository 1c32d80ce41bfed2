// Owns AES-256 in CBC mode.

const double = (x: number): number => ((x << 1) ^ (x & 0x80 ? 0x11b : 0)) & 0xff

/** Multiplication in the field of AES. */
function multiply(a: number, b: number): number {
  let product = 0
  for (let x = a, y = b; y > 0; y >>= 1, x = double(x)) if (y & 1) product ^= x
  return product
}

const SBOX = new Uint8Array(256)
const INVERSE = new Uint8Array(256)

/** The substitution box: multiplicative inverses under an affine map. */
function fillBoxes(): void {
  let p = 1
  let q = 1
  do {
    p = p ^ double(p) // times 3
    q ^= q << 1
    q ^= q << 2
    q ^= q << 4
    q &= 0xff
    if (q & 0x80) q ^= 0x09
    const rotated = q ^ rotl8(q, 1) ^ rotl8(q, 2) ^ rotl8(q, 3) ^ rotl8(q, 4)
    SBOX[p] = rotated ^ 0x63
  } while (p !== 1)
  SBOX[0] = 0x63
  SBOX.forEach((value, i) => { INVERSE[value] = i })
}

const rotl8 = (x: number, n: number): number => ((x << n) | (x >> (8 - n))) & 0xff

fillBoxes()

const ROUNDS = 14

/** The keys of all rounds, 16 bytes each. */
function expandKey(key: Uint8Array): Uint8Array {
  const out = new Uint8Array(16 * (ROUNDS + 1))
  out.set(key)
  let factor = 1
  for (let at = 32; at < out.length; at += 4) {
    let word = [0, 1, 2, 3].map((i) => out[at - 4 + i] ?? 0)
    if (at % 32 === 0) {
      const [first = 0, ...rest] = word
      word = [...rest, first].map((b) => SBOX[b] ?? 0)
      word[0] = (word[0] ?? 0) ^ factor
      factor = double(factor)
    } else if (at % 32 === 16) word = word.map((b) => SBOX[b] ?? 0)
    word.forEach((b, i) => { out[at + i] = (out[at - 32 + i] ?? 0) ^ b })
  }
  return out
}

function addKey(state: Uint8Array, keys: Uint8Array, round: number): void {
  for (let i = 0; i < 16; i++) state[i] = (state[i] ?? 0) ^ (keys[round * 16 + i] ?? 0)
}

/** Substitutes all bytes and rotates row r by r places, left or right. */
function substituteAndShift(state: Uint8Array, box: Uint8Array, direction: 1 | -1): void {
  const before = state.slice()
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      const from = (column + direction * row + 4) % 4
      state[column * 4 + row] = box[before[from * 4 + row] ?? 0] ?? 0
    }
  }
}

function mixColumns(state: Uint8Array, factors: readonly number[]): void {
  for (let at = 0; at < 16; at += 4) {
    const column = state.slice(at, at + 4)
    for (let row = 0; row < 4; row++) {
      let sum = 0
      for (let i = 0; i < 4; i++) sum ^= multiply(column[i] ?? 0, factors[(i - row + 4) % 4] ?? 0)
      state[at + row] = sum
    }
  }
}

function encryptBlock(state: Uint8Array, keys: Uint8Array): void {
  addKey(state, keys, 0)
  for (let round = 1; round <= ROUNDS; round++) {
    substituteAndShift(state, SBOX, 1)
    if (round < ROUNDS) mixColumns(state, [2, 3, 1, 1])
    addKey(state, keys, round)
  }
}

function decryptBlock(state: Uint8Array, keys: Uint8Array): void {
  addKey(state, keys, ROUNDS)
  for (let round = ROUNDS - 1; round >= 0; round--) {
    substituteAndShift(state, INVERSE, -1)
    addKey(state, keys, round)
    if (round > 0) mixColumns(state, [14, 11, 13, 9])
  }
}

/** Encrypts whole blocks of 16 bytes with a key of 32. */
export function encryptCbc(key: Uint8Array, iv: Uint8Array, plain: Uint8Array): Uint8Array {
  const keys = expandKey(key)
  const out = plain.slice()
  let previous = iv
  for (let at = 0; at < out.length; at += 16) {
    const block = out.subarray(at, at + 16)
    for (let i = 0; i < 16; i++) block[i] = (block[i] ?? 0) ^ (previous[i] ?? 0)
    encryptBlock(block, keys)
    previous = block
  }
  return out
}

/** Undoes `encryptCbc`. */
export function decryptCbc(key: Uint8Array, iv: Uint8Array, encrypted: Uint8Array): Uint8Array {
  const keys = expandKey(key)
  const out = encrypted.slice()
  for (let at = 0; at < out.length; at += 16) {
    const block = out.subarray(at, at + 16)
    decryptBlock(block, keys)
    const previous = at === 0 ? iv : encrypted.subarray(at - 16, at)
    for (let i = 0; i < 16; i++) block[i] = (block[i] ?? 0) ^ (previous[i] ?? 0)
  }
  return out
}
