// Owns the colours and icons of phases, with and without colour, in Unicode or in plain words.
import type { NodePhase } from '@tiphys/core/spec'

export type Colour = 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'white' | 'default'

const CODES: Readonly<Record<Colour, number>> = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, white: 37, default: 39 }

/** How text is dressed: with escape codes or not, with icons or with words. */
export interface Look {
  readonly colour: boolean
  readonly unicode: boolean
}

export const PLAIN: Look = { colour: false, unicode: true }

export function paint(text: string, colour: Colour, look: Pick<Look, 'colour'>): string {
  return look.colour ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text
}

export function underline(text: string, look: Pick<Look, 'colour'>): string {
  return look.colour ? `\u001b[4m${text}\u001b[0m` : text
}

interface Mark {
  readonly icon: string
  readonly word: string
  readonly colour: Colour
}

const PHASES: Readonly<Record<NodePhase, Mark | undefined>> = {
  Pending: { icon: '◷', word: 'Pending', colour: 'yellow' },
  Running: { icon: '●', word: 'Running', colour: 'cyan' },
  Succeeded: { icon: '✔', word: 'Succeeded', colour: 'green' },
  Skipped: { icon: '○', word: 'Skipped', colour: 'default' },
  Failed: { icon: '✖', word: 'Failed', colour: 'red' },
  Error: { icon: '⚠', word: 'Error', colour: 'red' },
  Omitted: undefined,
}

const SUSPENDED: Mark = { icon: 'ǁ', word: 'Suspend', colour: 'cyan' }

const CONDITIONS: ReadonlyMap<string, Mark> = new Map([
  ['MetricsError', { icon: '✖', word: 'Error', colour: 'red' }],
  ['SpecWarning', { icon: '⚠', word: 'Warning', colour: 'yellow' }],
])

function show(mark: Mark | undefined, look: Look): string {
  return mark === undefined ? '' : paint(look.unicode ? mark.icon : mark.word, mark.colour, look)
}

/** The mark of a node: that of its phase, or of waiting for a person. */
export function nodeMark(node: { readonly phase?: NodePhase | undefined; readonly type?: string }, look: Look): string {
  if (node.type === 'Suspend' && node.phase === 'Running') return show(SUSPENDED, look)
  return node.phase === undefined ? '' : show(PHASES[node.phase], look)
}

export function conditionMark(type: string, look: Look): string {
  return show(CONDITIONS.get(type), look)
}

export function phaseColour(phase: NodePhase): Colour {
  return PHASES[phase]?.colour ?? 'default'
}

const LOG_COLOURS: readonly Colour[] = ['green', 'yellow', 'blue', 'magenta', 'cyan', 'white']

/** One line of a log, in a colour that the name of its pod picks. */
export function logLine(pod: string, content: string, look: Pick<Look, 'colour'>): string {
  let sum = 0
  for (const character of pod) sum += character.codePointAt(0) ?? 0
  return paint(`${pod}: ${content}`, LOG_COLOURS[sum % LOG_COLOURS.length] ?? 'default', look)
}
