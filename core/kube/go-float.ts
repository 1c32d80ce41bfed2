// Owns how Go prints floating point numbers; JavaScript finds the same digits and differs only in the layout.

/** Go's `%v` of a float64: the fewest digits that read back; an exponent below 1e-4 and from 1e+06 on. */
export function formatGoFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa = '0', exponentText = '0'] = Math.abs(value).toExponential().split('e')
  const sign = value < 0 ? '-' : ''
  const exponent = Number(exponentText)
  if (exponent >= -4 && exponent < EXPONENT_FROM) return sign + plain(mantissa.replace('.', ''), exponent)
  return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent).toString().padStart(2, '0')}`
}

const EXPONENT_FROM = 6

function plain(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.padEnd(exponent + 1, '0')
  const fraction = whole.slice(exponent + 1)
  return fraction === '' ? whole : `${whole.slice(0, exponent + 1)}.${fraction}`
}
