// Owns the order in which Go's YAML library writes the keys of a map: letters by code, runs of digits by their number.

const isDigit = (c: string | undefined): boolean => c !== undefined && c >= '0' && c <= '9'
const isLetter = (c: string): boolean => /\p{L}/u.test(c)

export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  let i = 0
  while (i < length && a.charCodeAt(i) === b.charCodeAt(i)) i++
  const x = a[i]
  const y = b[i]
  if (x === undefined || y === undefined) return a.length - b.length
  const xLetter = isLetter(x)
  const yLetter = isLetter(y)
  if (xLetter && yLetter) return x < y ? -1 : 1
  if (xLetter || yLetter) return yLetter ? -1 : 1
  const lead = (x === '0' || y === '0') && digitBefore(a, i) ? '1' : ''
  const xNumber = BigInt(lead + digitsFrom(a, i) || '0')
  const yNumber = BigInt(lead + digitsFrom(b, i) || '0')
  if (xNumber !== yNumber) return xNumber < yNumber ? -1 : 1
  const difference = digitsFrom(a, i).length - digitsFrom(b, i).length
  if (difference !== 0) return difference
  return x < y ? -1 : 1
}

/** Is there a digit other than zero in the run of digits before the place? */
function digitBefore(text: string, at: number): boolean {
  for (let j = at - 1; j >= 0 && isDigit(text[j]); j--) if (text[j] !== '0') return true
  return false
}

function digitsFrom(text: string, at: number): string {
  let end = at
  while (isDigit(text[end])) end++
  return text.slice(at, end)
}
