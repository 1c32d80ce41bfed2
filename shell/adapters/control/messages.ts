// Owns the messages of the control channel: one JSON object a line, each request answered by one line with its number.

export interface ControlRequest {
  readonly uid: string
  /** What is asked; the process that has the run knows how to read it. */
  readonly ask: unknown
}

/** `ok` comes once what was asked is stored. */
export type ControlReply =
  | { readonly ok: true }
  | { readonly ok: false; readonly problem: { readonly code: string; readonly message: string } }

export const controlLimits = {
  /** Longer lines end the connection. */
  lineCharsMax: 4 * 1024 * 1024,
  /** Requests of one connection that may wait for their answers. */
  pendingMax: 64,
} as const

/** Cuts a stream of text into lines; undefined once a line is too long. */
export function lineReader(): (text: string) => readonly string[] | undefined {
  let rest = ''
  return (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    return rest.length > controlLimits.lineCharsMax ? undefined : lines
  }
}

/** A line as an object; undefined when it is none. */
export function readMessage(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
