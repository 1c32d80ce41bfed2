// Owns the live region on a terminal: when to draw, resizing, and text that scrolls by above it. The cursor stays visible, since a
// program that is killed could not show it again.
import { type Frame, NO_FRAME, type Size, erase, redraw } from './frame.ts'

/** The terminal as far as drawing needs it. */
export interface Screen {
  readonly write: (text: string) => void
  readonly size: () => Size
  /** Calls back after each change of size; answers how to stop that. */
  readonly onResize: (changed: () => void) => () => void
}

/** Timers, so that tests need not wait. Both answer how to cancel. */
export interface Timers {
  readonly after: (ms: number, run: () => void) => () => void
  readonly every: (ms: number, run: () => void) => () => void
}

export interface LiveRegion {
  /** Draws soon; of several calls in short order only the last is drawn. */
  readonly show: (lines: (size: Size) => readonly string[]) => void
  /** Prints whole lines above the region. */
  readonly print: (text: string) => void
  /** Ends drawing. The last frame stays, or what `last` prints takes its place. */
  readonly close: (last?: string) => void
}

const DRAW_INTERVAL_MS = 80
// Durations on display grow while nothing happens.
const REFRESH_MS = 1000

export function openLiveRegion(screen: Screen, timers: Timers): LiveRegion {
  let frame: Frame = NO_FRAME
  let render: ((size: Size) => readonly string[]) | undefined
  let waiting: (() => void) | undefined
  let above = ''
  let closed = false

  const draw = (): void => {
    waiting = undefined
    if (closed) return
    const size = screen.size()
    let codes = ''
    if (above !== '') {
      codes = erase(frame, size) + above
      above = ''
      frame = NO_FRAME
    }
    const next = redraw(frame, render?.(size) ?? [], size)
    frame = next.frame
    if (codes + next.codes !== '') screen.write(codes + next.codes)
  }
  const soon = (): void => {
    waiting ??= timers.after(DRAW_INTERVAL_MS, draw)
  }
  const stops = [timers.every(REFRESH_MS, soon), screen.onResize(soon)]

  return {
    show: (lines) => {
      const first = render === undefined
      render = lines
      if (first) draw()
      else soon()
    },
    print: (text) => {
      above += text.endsWith('\n') ? text : `${text}\n`
      soon()
    },
    close: (last) => {
      if (closed) return
      waiting?.()
      for (const stop of stops) stop()
      draw()
      if (last !== undefined) screen.write(erase(frame, screen.size()) + last)
      closed = true
    },
  }
}
