// Owns SHA-1, SHA-256 and SHA-512.

/** The first bits of the fractional parts of roots of the first primes, as the standards define their constants. */
function rootBits(count: number, root: 2 | 3, bits: number): bigint[] {
  const found: bigint[] = []
  for (let n = 2; found.length < count; n++) {
    if (!isPrime(n)) continue
    const scaled = BigInt(n) << BigInt(root * bits)
    found.push(integerRoot(scaled, root) & ((1n << BigInt(bits)) - 1n))
  }
  return found
}

function isPrime(n: number): boolean {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false
  return true
}

/** The largest integer whose power does not exceed the value, by bisection. */
function integerRoot(value: bigint, root: 2 | 3): bigint {
  let low = 0n
  let high = 1n << BigInt(Math.ceil(value.toString(2).length / root) + 1)
  while (high - low > 1n) {
    const middle = (low + high) >> 1n
    if (middle ** BigInt(root) <= value) low = middle
    else high = middle
  }
  return low
}

let constants: { readonly k256: Uint32Array; readonly h256: readonly number[]; readonly k512: readonly bigint[]; readonly h512: readonly bigint[] } | undefined

/** Computed when the first digest is asked for. */
function tables(): NonNullable<typeof constants> {
  return (constants ??= computed())
}

function computed(): NonNullable<typeof constants> {
  const k512 = rootBits(80, 3, 64)
  const h512 = rootBits(8, 2, 64)
  return { k256: Uint32Array.from(k512.slice(0, 64), (k) => Number(k >> 32n)), h256: h512.map((h) => Number(h >> 32n)), k512, h512 }
}

/** The message with its end mark and its length in bits, filled up to whole blocks. */
function padded(bytes: Uint8Array, block: 64 | 128): DataView {
  const lengthBytes = block / 8
  const size = Math.ceil((bytes.length + 1 + lengthBytes) / block) * block
  const out = new Uint8Array(size)
  out.set(bytes)
  out[bytes.length] = 0x80
  const view = new DataView(out.buffer)
  view.setBigUint64(size - 8, BigInt(bytes.length) * 8n)
  return view
}

const rotl = (x: number, n: number): number => (x << n) | (x >>> (32 - n))
const rotr = (x: number, n: number): number => (x >>> n) | (x << (32 - n))

function bytesOf(words: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(words.length * 4))
  words.forEach((word, i) => view.setUint32(i * 4, word >>> 0))
  return new Uint8Array(view.buffer)
}

export function sha1(bytes: Uint8Array): Uint8Array {
  const message = padded(bytes, 64)
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]
  const w = new Int32Array(80)
  for (let at = 0; at < message.byteLength; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = message.getInt32(at + i * 4)
    for (let i = 16; i < 80; i++) w[i] = rotl((w[i - 3] ?? 0) ^ (w[i - 8] ?? 0) ^ (w[i - 14] ?? 0) ^ (w[i - 16] ?? 0), 1)
    sha1Block(state, w)
  }
  return bytesOf(state)
}

function sha1Block(state: number[], w: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state
  for (let i = 0; i < 80; i++) {
    const [f, k] = i < 20 ? [(b & c) | (~b & d), 0x5a827999]
      : i < 40 ? [b ^ c ^ d, 0x6ed9eba1]
      : i < 60 ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
      : [b ^ c ^ d, 0xca62c1d6]
    const next = (rotl(a, 5) + f + e + k + (w[i] ?? 0)) | 0
    e = d
    d = c
    c = rotl(b, 30)
    b = a
    a = next
  }
  const added = [a, b, c, d, e]
  added.forEach((word, i) => { state[i] = ((state[i] ?? 0) + word) | 0 })
}

export function sha256(bytes: Uint8Array): Uint8Array {
  const { k256, h256 } = tables()
  const message = padded(bytes, 64)
  const state = [...h256]
  const w = new Int32Array(64)
  for (let at = 0; at < message.byteLength; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = message.getInt32(at + i * 4)
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15] ?? 0
      const y = w[i - 2] ?? 0
      const s0 = rotr(x, 7) ^ rotr(x, 18) ^ (x >>> 3)
      const s1 = rotr(y, 17) ^ rotr(y, 19) ^ (y >>> 10)
      w[i] = ((w[i - 16] ?? 0) + s0 + (w[i - 7] ?? 0) + s1) | 0
    }
    sha256Block(state, w, k256)
  }
  return bytesOf(state)
}

function sha256Block(state: number[], w: Int32Array, k: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let i = 0; i < 64; i++) {
    const s1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (k[i] ?? 0) + (w[i] ?? 0)) | 0
    const s0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  const added = [a, b, c, d, e, f, g, h]
  added.forEach((word, i) => { state[i] = ((state[i] ?? 0) + word) | 0 })
}

const MASK = 0xffff_ffff_ffff_ffffn
const rotr64 = (x: bigint, n: bigint): bigint => ((x >> n) | (x << (64n - n))) & MASK

export function sha512(bytes: Uint8Array): Uint8Array {
  const { k512, h512 } = tables()
  const message = padded(bytes, 128)
  const state = [...h512]
  for (let at = 0; at < message.byteLength; at += 128) {
    const w = Array.from({ length: 16 }, (_, i) => message.getBigUint64(at + i * 8))
    for (let i = 16; i < 80; i++) {
      const x = w[i - 15] ?? 0n
      const y = w[i - 2] ?? 0n
      const s0 = rotr64(x, 1n) ^ rotr64(x, 8n) ^ (x >> 7n)
      const s1 = rotr64(y, 19n) ^ rotr64(y, 61n) ^ (y >> 6n)
      w.push(((w[i - 16] ?? 0n) + s0 + (w[i - 7] ?? 0n) + s1) & MASK)
    }
    sha512Block(state, w, k512)
  }
  const view = new DataView(new ArrayBuffer(64))
  state.forEach((word, i) => view.setBigUint64(i * 8, word))
  return new Uint8Array(view.buffer)
}

function sha512Block(state: bigint[], w: readonly bigint[], k: readonly bigint[]): void {
  let [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n, g = 0n, h = 0n] = state
  for (let i = 0; i < 80; i++) {
    const s1 = rotr64(e, 14n) ^ rotr64(e, 18n) ^ rotr64(e, 41n)
    const t1 = h + s1 + ((e & f) ^ (~e & MASK & g)) + (k[i] ?? 0n) + (w[i] ?? 0n)
    const s0 = rotr64(a, 28n) ^ rotr64(a, 34n) ^ rotr64(a, 39n)
    const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c))
    h = g
    g = f
    f = e
    e = (d + t1) & MASK
    d = c
    c = b
    b = a
    a = (t1 + t2) & MASK
  }
  const added = [a, b, c, d, e, f, g, h]
  added.forEach((word, i) => { state[i] = ((state[i] ?? 0n) + word) & MASK })
}
