// Owns the picture of a timeline: bars over time, as text and as SVG.
import { formatDuration } from '@tiphys/core/kube'
import type { Lane } from './state.ts'

export interface GanttOptions {
  /** Start and end of the picture, in milliseconds since the epoch. */
  readonly from: number
  readonly to: number
  /** Text: characters of a line. SVG: pixels. */
  readonly width?: number | undefined
  /** Rows at most; the rest is told as a number. */
  readonly rowsMax?: number | undefined
}

const ROWS_MAX = 1000
const TEXT_WIDTH = 100
const NAMES_MAX = 40

/** One line a step: `▒` while it waits for its start, `█` while it runs. */
export function ganttText(lanes: readonly Lane[], options: GanttOptions): string {
  const width = options.width ?? TEXT_WIDTH
  const shown = lanes.slice(0, options.rowsMax ?? ROWS_MAX)
  const names = Math.min(NAMES_MAX, Math.max(4, ...shown.map(({ node }) => node.length)))
  const columns = Math.max(10, width - names - 12)
  const span = Math.max(1, options.to - options.from)
  const column = (at: number): number => Math.min(columns, Math.max(0, Math.floor(((at - options.from) / span) * columns)))
  const lines = shown.map((lane) => {
    const from = column(lane.from)
    const started = column(lane.startedAt ?? lane.to ?? options.to)
    const to = Math.max(column(lane.to ?? options.to), Math.min(started, columns - 1) + 1)
    const bar = ' '.repeat(from) + '▒'.repeat(Math.max(0, started - from)) + '█'.repeat(Math.max(0, to - Math.max(from, started)))
    return `${shortened(lane.node, names).padEnd(names)} │${bar.slice(0, columns).padEnd(columns)}│ ${tookText(lane)}`
  })
  if (lanes.length > shown.length) lines.push(`… and ${lanes.length - shown.length} more`)
  lines.push(`${' '.repeat(names)} 0${formatDuration(BigInt(span) * 1_000_000n).padStart(columns)}`)
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}

/** The end of a long name tells more than its beginning. */
function shortened(name: string, max: number): string {
  return name.length <= max ? name : `…${name.slice(name.length - max + 1)}`
}

function tookText(lane: Lane): string {
  const took = lane.to === undefined ? 'open' : formatDuration(BigInt(lane.to - lane.from) * 1_000_000n)
  return lane.outcome === undefined || lane.outcome === 'Succeeded' ? took : `${took} ${lane.outcome}`
}

const ROW = 18
const HEAD = 24
const LABELS = 320
const SVG_WIDTH = 1200
const COLOURS: Readonly<Record<string, string>> = { Succeeded: '#1a7f37', open: '#9a6700', waiting: '#c9d1d9', failed: '#cf222e' }

/** A picture of its own, without scripts or foreign content. */
export function ganttSvg(lanes: readonly Lane[], options: GanttOptions): string {
  const width = options.width ?? SVG_WIDTH
  const shown = lanes.slice(0, options.rowsMax ?? ROWS_MAX)
  const span = Math.max(1, options.to - options.from)
  const x = (at: number): number => LABELS + ((Math.min(Math.max(at, options.from), options.to) - options.from) / span) * (width - LABELS - 10)
  const rows = shown.flatMap((lane, index) => rowSvg(lane, { y: HEAD + index * ROW, x, end: options.to }))
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = x(options.from + part * span)
    const text = part === 0 ? '0' : formatDuration(BigInt(Math.round(part * span)) * 1_000_000n)
    return `<text x="${round(at)}" y="14" text-anchor="${part === 1 ? 'end' : 'start'}">${text}</text><line x1="${round(at)}" y1="18" x2="${round(at)}" y2="${HEAD + shown.length * ROW}" stroke="#d0d7de"/>`
  })
  const height = HEAD + shown.length * ROW + 6
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`, ...ticks, ...rows, '</svg>\n',
  ].join('\n')
}

function rowSvg(lane: Lane, at: { readonly y: number; readonly x: (time: number) => number; readonly end: number }): string[] {
  const { y, x } = at
  const end = lane.to ?? at.end
  const started = lane.startedAt ?? end
  const bar = (from: number, to: number, colour: string): string =>
    `<rect x="${round(x(from))}" y="${y + 3}" width="${round(Math.max(1, x(to) - x(from)))}" height="${ROW - 6}" rx="2" fill="${colour}"/>`
  const colour = COLOURS[lane.to === undefined ? 'open' : lane.outcome === 'Succeeded' ? 'Succeeded' : 'failed'] ?? ''
  const label = `<text x="${LABELS - 8}" y="${y + 13}" text-anchor="end">${escaped(shortened(lane.node, NAMES_MAX))}</text>`
  const waiting = started > lane.from ? [bar(lane.from, started, COLOURS['waiting'] ?? '')] : []
  return [`<g><title>${escaped(`${lane.node}: ${tookText(lane)}`)}</title>${label}`, ...waiting, bar(started, end, colour), '</g>']
}

const round = (pixels: number): number => Math.round(pixels * 10) / 10

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Names may hold any character; those that no XML text may hold are left out. */
function escaped(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').replace(/[&<>"]/g, (character) => ESCAPES[character] ?? '')
}
