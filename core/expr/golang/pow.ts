// Owns Go's `math.Pow`, whose last digits differ from JavaScript's.

/** x to the power of y, by repeated squaring on the parts of the exponent as Go computes it. */
export function pow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1
  if (y === 1) return x
  if (Number.isNaN(x) || Number.isNaN(y) || x === 0 || !Number.isFinite(x) || !Number.isFinite(y)) return special(x, y)
  if (y === 0.5) return Math.sqrt(x)
  if (y === -0.5) return 1 / Math.sqrt(x)
  let whole = Math.trunc(Math.abs(y))
  let part = Math.abs(y) - whole
  if (part !== 0 && x < 0) return Number.NaN
  if (whole >= 2 ** 63) return x === -1 ? 1 : Math.abs(x) < 1 === y > 0 ? 0 : Infinity
  let factor = 1
  let exponent = 0
  if (part !== 0) {
    if (part > 0.5) { part--; whole++ }
    factor = Math.exp(part * Math.log(x))
  }
  let [base, scale] = split(x)
  for (let rest = whole; rest !== 0; rest = Math.floor(rest / 2)) {
    if (scale < -(2 ** 12) || scale > 2 ** 12) { exponent += scale; break } // Overflow or underflow is certain.
    if (rest % 2 === 1) { factor *= base; exponent += scale }
    base *= base
    scale *= 2
    if (base < 0.5) { base += base; scale-- }
  }
  return y < 0 ? scaled(1 / factor, -exponent) : scaled(factor, exponent)
}

/** JavaScript agrees with Go on zeros, infinities and NaN, except that Go gives 1 for a base of -1 and an infinite exponent. */
function special(x: number, y: number): number {
  return x === -1 && Math.abs(y) === Infinity ? 1 : x ** y
}

/** A number as a fraction in [0.5, 1) and a power of two. */
function split(x: number): [number, number] {
  let exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(x))) + 1)
  let fraction = x * 2 ** -exponent
  while (Math.abs(fraction) < 0.5) { fraction *= 2; exponent-- }
  while (Math.abs(fraction) >= 1) { fraction /= 2; exponent++ }
  return [fraction, exponent]
}

/** fraction · 2^exponent without overflowing on the way. */
function scaled(fraction: number, exponent: number): number {
  if (exponent > 1100 || exponent < -1200) return exponent > 0 ? fraction * Infinity : fraction * 0
  const half = Math.trunc(exponent / 2)
  return fraction * 2 ** half * 2 ** (exponent - half)
}
