// Owns PEM texts as Go's `encoding/pem` reads them: the first block that is whole, with whatever stands around it left out.

export interface PemBlock { readonly type: string; readonly bytes: Buffer }

const BEGIN = '-----BEGIN '
const END = '\n-----END '
const DASHES = '-----'

/** The first whole block of a text; undefined when there is none. */
export function decodePem(text: string): PemBlock | undefined {
  for (let from = 0; ;) {
    const end = text.indexOf(END, from)
    if (end < 0) return undefined
    // Looking back no further than the last block keeps the time linear.
    const begin = from + text.slice(from, end).lastIndexOf(BEGIN)
    const block = begin >= from && (begin === 0 || text[begin - 1] === '\n') ? blockBetween(text, begin + BEGIN.length, end) : undefined
    if (block !== undefined) return block
    from = end + END.length
  }
}

function blockBetween(text: string, start: number, end: number): PemBlock | undefined {
  const lineEnd = text.indexOf('\n', start)
  const firstLine = text.slice(start, lineEnd).trimEnd()
  if (lineEnd > end || !firstLine.endsWith(DASHES)) return undefined
  const type = firstLine.slice(0, -DASHES.length)
  const trailer = type + DASHES
  const after = end + END.length
  const lastEnd = text.indexOf('\n', after)
  if (text.slice(after, lastEnd < 0 ? text.length : lastEnd).trimEnd() !== trailer) return undefined
  const bytes = decodeBody(text.slice(lineEnd, end).split('\n'))
  return bytes === undefined ? undefined : { type, bytes }
}

/** Lines with a colon at the start are headers, which say nothing that matters here. */
function decodeBody(lines: readonly string[]): Buffer | undefined {
  const first = lines.findIndex((line, at) => at > 0 && !line.includes(':'))
  const digits = first < 0 ? '' : lines.slice(first).join('').replace(/[ \t\r]/g, '')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(digits) || digits.length % 4 !== 0) return undefined
  return Buffer.from(digits, 'base64')
}

const LINE = 64

export function encodePem(type: string, bytes: Uint8Array): string {
  const digits = Buffer.from(bytes).toString('base64')
  const lines = Array.from({ length: Math.ceil(digits.length / LINE) }, (_, at) => `${digits.slice(at * LINE, (at + 1) * LINE)}\n`)
  return `${BEGIN}${type}${DASHES}\n${lines.join('')}${END.slice(1)}${type}${DASHES}\n`
}
