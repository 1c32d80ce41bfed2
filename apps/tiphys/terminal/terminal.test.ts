// Checks widths, redrawing on an emulated screen, the live view, progress lines and the summary.
import type { NodeStatus, Workflow } from '@tiphys/core/spec'
import { describe, expect, it } from 'vitest'
import { PLAIN, utcClock } from '../print/index.ts'
import {
  CAUSES_SHOWN_MAX, NOTHING_TOLD, NO_FRAME, type Screen, type Size, type Timers, cutInside, cutToWidth, displayWidth, failureCauses, localClock, lookFor, openLiveRegion,
  progressLines, redraw, workflowSummary, workflowView,
} from './index.ts'

const START = Date.UTC(2024, 0, 1, 10, 0, 0)
const at = (second: number): string => new Date(START + second * 1000).toISOString().replace('.000', '')
const clock = utcClock(START + 60_000)

function node(id: string, rest: Partial<NodeStatus> = {}): NodeStatus {
  return { id, name: id, displayName: id.split('.').at(-1) ?? id, type: 'Pod', phase: 'Succeeded', startedAt: at(0), finishedAt: at(5), boundaryID: id === 'wf' ? '' : 'wf', ...rest }
}

function workflow(phase: 'Running' | 'Failed' | 'Succeeded', nodes: readonly NodeStatus[], status: Partial<NonNullable<Workflow['status']>> = {}): Workflow {
  return {
    metadata: { name: 'wf', creationTimestamp: at(0) }, spec: {},
    status: { phase, startedAt: at(0), ...(phase === 'Running' ? {} : { finishedAt: at(75) }), progress: '1/2', nodes: Object.fromEntries(nodes.map((one) => [one.id, one])), ...status },
  }
}

const root = (phase: 'Running' | 'Failed' | 'Succeeded', rest: Partial<NodeStatus> = {}): NodeStatus =>
  node('wf', { type: 'DAG', phase, ...(phase === 'Running' ? { finishedAt: undefined } : {}), ...rest })

describe('widths', () => {
  it.each([['abc', 3], ['日本', 4], ['e\u0301', 1], ['\u001b[31mred\u001b[0m', 3], ['├─✔', 3], ['😀', 2], ['', 0]])('%j takes %d columns', (text, width) => {
    expect(displayWidth(text)).toBe(width)
  })

  it('cuts at a column, never inside a code or a wide character, and ends colours', () => {
    expect(cutToWidth('abcdef', 4)).toBe('abc…')
    expect(['step(17:item)', '단계(17:항목)', 'abc'].map((name) => cutInside(name, 8))).toEqual(['step…em)', '단계…목)', 'abc'])
    expect([0, 1, 2].map((columns) => cutInside('abcdef', columns))).toEqual(['', '…', 'a…'])
    expect(cutToWidth('日本語', 4)).toBe('日…')
    expect(cutToWidth('\u001b[31mabcdef\u001b[0m', 4)).toBe('\u001b[31mabc…\u001b[0m')
    expect(cutToWidth('\u001b[31mab\u001b[0mcdef', 4)).toBe('\u001b[31mab\u001b[0mc…')
    expect(cutToWidth('abc', 3)).toBe('abc')
    expect(cutToWidth('abc', 0)).toBe('')
  })
})

/** A terminal as far as our codes go: it keeps rows, wraps, scrolls, and wraps again when it becomes narrower. */
function emulate(size: { columns: number; rows: number }): { feed: (codes: string) => void; resize: (columns: number) => void; text: () => string[] } {
  let lines: string[] = ['']
  let row = 0
  let column = 0
  const put = (character: string): void => {
    if (column >= size.columns) {
      row++
      column = 0
    }
    while (lines.length <= row) lines.push('')
    const line = (lines[row] ?? '').padEnd(column)
    lines[row] = line.slice(0, column) + character + line.slice(column + 1)
    column++
  }
  return {
    feed: (codes) => {
      for (const [, escape, character] of codes.matchAll(/\u001b\[([?0-9;]*[A-Za-z])|([\s\S])/gu)) {
        if (escape === undefined) {
          if (character === '\n') { row++; column = 0; while (lines.length <= row) lines.push('') } else if (character === '\r') column = 0
          else put(character ?? '')
        } else if (escape.endsWith('A')) {
          row -= Number(escape.slice(0, -1))
          // The top of the screen stops the cursor.
          row = Math.max(row, lines.length - size.rows, 0)
        } else if (escape === 'K') lines[row] = (lines[row] ?? '').slice(0, column)
        else if (escape === 'J') { lines[row] = (lines[row] ?? '').slice(0, column); lines = lines.slice(0, row + 1) }
      }
    },
    resize: (columns) => {
      lines = lines.flatMap((line) => (line === '' ? [''] : line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? ['']))
      row = lines.length - 1
      size.columns = columns
    },
    text: () => lines.map((line) => line.trimEnd()),
  }
}

describe('redrawing', () => {
  const size: Size = { columns: 20, rows: 10 }

  it('draws over the frame before, whether longer or shorter', () => {
    const screen = emulate({ ...size })
    screen.feed('before\n')
    const first = redraw(NO_FRAME, ['one', 'two', 'three'], size)
    screen.feed(first.codes)
    const second = redraw(first.frame, ['one', '2'], size)
    screen.feed(second.codes)
    expect(screen.text()).toEqual(['before', 'one', '2', ''])
    screen.feed(redraw(second.frame, ['a', 'b', 'c'], size).codes)
    expect(screen.text()).toEqual(['before', 'a', 'b', 'c', ''])
  })

  it('writes only what changed', () => {
    const first = redraw(NO_FRAME, ['same', 'old'], size)
    expect(redraw(first.frame, ['same', 'new'], size).codes).toBe('\u001b[2A\r\nnew\u001b[K\n')
  })

  it('writes nothing for the same frame', () => {
    const first = redraw(NO_FRAME, ['same'], size)
    expect(redraw(first.frame, ['same'], size).codes).toBe('')
  })

  it('cuts to the width and height, so that nothing scrolls away', () => {
    const { frame } = redraw(NO_FRAME, Array.from({ length: 50 }, (_, index) => `${index} ${'x'.repeat(40)}`), size)
    expect(frame.lines).toHaveLength(9)
    expect(frame.lines.every((line) => displayWidth(line) <= 20)).toBe(true)
  })

  it('finds its beginning again after the terminal became narrower', () => {
    const screen = emulate({ ...size })
    screen.feed('before\n')
    const first = redraw(NO_FRAME, ['x'.repeat(18), 'short'], size)
    screen.feed(first.codes)
    screen.resize(10)
    screen.feed(redraw(first.frame, ['new'], { columns: 10, rows: 10 }).codes)
    expect(screen.text()).toEqual(['before', 'new', ''])
  })
})

/** Timers that run when told to. */
function handTimers(): Timers & { readonly tick: () => void; readonly waiting: () => number } {
  let once: (() => void)[] = []
  const always = new Set<() => void>()
  return {
    after: (_, run) => {
      once.push(run)
      return () => (once = once.filter((other) => other !== run))
    },
    every: (_, run) => {
      always.add(run)
      return () => always.delete(run)
    },
    tick: () => {
      const due = [...once]
      once = []
      for (const run of due) run()
      for (const run of always) run()
    },
    waiting: () => once.length + always.size,
  }
}

describe('the live region', () => {
  const open = () => {
    const size = { columns: 30, rows: 10 }
    const terminal = emulate(size)
    let written = 0
    const listeners = new Set<() => void>()
    const screen: Screen = {
      write: (text) => {
        written++
        terminal.feed(text)
      },
      size: () => size,
      onResize: (changed) => {
        listeners.add(changed)
        return () => listeners.delete(changed)
      },
    }
    const timers = handTimers()
    return { terminal, timers, region: openLiveRegion(screen, timers), writes: () => written, listeners }
  }

  it('draws at once, then only the last of many frames', () => {
    const { terminal, timers, region, writes } = open()
    region.show(() => ['first'])
    expect(terminal.text()).toEqual(['first', ''])
    const before = writes()
    for (let i = 0; i < 100; i++) region.show(() => [`frame ${i}`])
    expect(writes()).toBe(before)
    timers.tick()
    expect(terminal.text()).toEqual(['frame 99', ''])
    expect(writes()).toBe(before + 1)
  })

  it('prints above itself', () => {
    const { terminal, timers, region } = open()
    region.show(() => ['region'])
    region.print('a log line')
    region.print('another\n')
    timers.tick()
    expect(terminal.text()).toEqual(['a log line', 'another', 'region', ''])
    region.print('the last')
    region.close()
    expect(terminal.text()).toEqual(['a log line', 'another', 'the last', 'region', ''])
  })

  it('closes with its last frame or with other words, and gives everything back', () => {
    for (const last of [undefined, 'done\n']) {
      const { terminal, timers, region, listeners } = open()
      region.show(() => ['early'])
      region.show(() => ['late'])
      region.close(last)
      region.close(last)
      timers.tick()
      expect(terminal.text()).toEqual([last === undefined ? 'late' : 'done', ''])
      expect([timers.waiting(), listeners.size]).toEqual([0, 0])
    }
  })
})

describe('the view of a running workflow', () => {
  const size: Size = { columns: 60, rows: 20 }
  const running = workflow('Running', [
    root('Running'), node('wf.build', { message: 'x' }), node('wf.test', { phase: 'Failed', message: 'exit code 1\nmore' }),
    node('wf.wait', { phase: 'Pending', startedAt: at(6), finishedAt: undefined, message: 'quota' }),
  ])

  it('shows a heading, icons, durations and messages', () => {
    expect(workflowView(running, { clock, look: PLAIN, size })).toEqual([
      'wf  Running  1m  1/2', ' ● wf       1m', ' ├─✔ build  5s   x', ' ├─✖ test   5s   exit code 1', ' └─◷ wait        quota',
    ])
  })

  it('keeps what failed and what runs when not all fits', () => {
    const many = workflow('Running', [
      root('Running'), ...Array.from({ length: 500 }, (_, index) => node(`wf.t${index}`)), node('wf.bad', { phase: 'Failed' }), node('wf.now', { phase: 'Running' }),
    ])
    const lines = workflowView(many, { clock, look: PLAIN, size: { columns: 40, rows: 8 } })
    expect(lines).toHaveLength(7)
    expect(lines.join('\n')).toMatch(/✖ bad/)
    expect(lines.join('\n')).toMatch(/● now/)
    expect(lines.at(-1)).toBe(' … 498 more: 498 succeeded')
  })

  it('fits every size', () => {
    for (const columns of [1, 5, 40]) {
      for (const rows of [1, 2, 5]) {
        const { frame } = redraw(NO_FRAME, workflowView(running, { clock, look: PLAIN, size: { columns, rows } }), { columns, rows })
        expect(frame.lines.length).toBeLessThan(Math.max(2, rows))
        expect(frame.lines.every((line) => displayWidth(line) <= columns)).toBe(true)
      }
    }
  })

  it('shows a workflow that has no nodes yet', () => {
    expect(workflowView({ metadata: { name: 'wf', creationTimestamp: at(0) }, spec: {} }, { clock, look: PLAIN, size })).toEqual(['wf  Pending  0s'])
  })
})

describe('progress lines', () => {
  const look = { colour: false }

  it('tells each change once, in the order in which it happened', () => {
    const one = workflow('Running', [root('Running'), node('wf.a', { phase: 'Running', finishedAt: undefined }), node('wf[0]', { type: 'StepGroup', phase: 'Running' })])
    const first = progressLines(one, NOTHING_TOLD, { clock, look })
    expect(first.lines).toEqual(['10:00:00  wf  Running', '10:00:00  a  Running'])
    expect(progressLines(one, first.told, { clock, look })).toEqual({ lines: [], told: first.told })
    const two = workflow('Failed', [root('Failed', { finishedAt: at(9) }), node('wf.a', { phase: 'Failed', finishedAt: at(9), message: 'exit\ncode 1' })])
    expect(progressLines(two, first.told, { clock, look }).lines).toEqual(['10:00:09  a  Failed  9s  exit code 1', '10:00:09  wf  Failed  9s'])
  })

  it('leaves out groups and what was omitted', () => {
    const nodes = [node('wf.g', { type: 'TaskGroup' }), node('wf.r', { type: 'Retry' }), node('wf.o', { type: 'Skipped', phase: 'Omitted' }), node('wf.d', { type: 'DAG', phase: 'Running' })]
    expect(progressLines(workflow('Running', nodes), NOTHING_TOLD, { clock, look }).lines).toEqual([])
  })
})

describe('the summary', () => {
  const lines = (text: string): string[] => text.trimEnd().split('\n')

  it('of a success is its duration and outputs', () => {
    const done = workflow('Succeeded', [root('Succeeded'), node('wf.a', { phase: 'Failed' })], { outputs: { parameters: [{ name: 'answer', value: '42' }, { name: 'none' }] } })
    expect(lines(workflowSummary(done, { clock, look: PLAIN }))).toEqual(['✔ wf  Succeeded in 1 minute 15 seconds', '  answer: 42'])
  })

  it('of a failure names each failed step with its reason and last log lines', () => {
    const failed = workflow('Failed', [root('Failed', { message: "child 'x' failed" }), node('wf.a', { phase: 'Failed', message: 'main: Error (exit code 1)' }), node('wf.b')], { message: 'it\nbroke' })
    expect(lines(workflowSummary(failed, { clock, look: PLAIN, logsOf: () => ['almost', 'boom \u001b[2J'] }))).toEqual([
      '✖ wf  Failed in 1 minute 15 seconds', '  it', '  broke', '', '  ✖ a  Failed after 5 seconds', '    main: Error (exit code 1)', '    | almost', '    | boom [2J',
    ])
  })

  it('tells the reason of a workflow that is one step once', () => {
    const failed = workflow('Failed', [root('Failed', { type: 'Pod', message: 'main: Error (exit code 1)' })], { message: 'main: Error (exit code 1)' })
    const text = workflowSummary(failed, { clock, look: PLAIN })
    expect(text.match(/exit code 1/g)).toHaveLength(1)
  })

  it('finds causes through steps, and the last attempt of a retry', () => {
    const nodes = [
      root('Failed', { type: 'Steps' }), node('wf[0]', { type: 'StepGroup', phase: 'Failed', children: ['wf[0].t'] }),
      node('wf[0].t', { type: 'Retry', phase: 'Failed', children: ['wf[0].t(0)', 'wf[0].t(1)'] }),
      node('wf[0].t(0)', { type: 'DAG', phase: 'Failed' }), node('wf[0].t(0).x', { phase: 'Failed', boundaryID: 'wf[0].t(0)' }),
      node('wf[0].t(1)', { type: 'DAG', phase: 'Failed' }), node('wf[0].t(1).x', { phase: 'Error', boundaryID: 'wf[0].t(1)' }),
    ]
    expect(failureCauses(workflow('Failed', nodes)).map(({ id }) => id)).toEqual(['wf[0].t(1).x'])
  })

  it('what was made good is no cause', () => {
    const nodes = [
      root('Failed'), node('wf.r', { type: 'Retry', children: ['wf.r(0)', 'wf.r(1)'] }), node('wf.r(0)', { phase: 'Failed' }), node('wf.r(1)'),
      node('wf.d', { type: 'DAG' }), node('wf.d.x', { phase: 'Failed', boundaryID: 'wf.d' }), node('wf.z', { phase: 'Failed' }),
    ]
    expect(failureCauses(workflow('Failed', nodes)).map(({ id }) => id)).toEqual(['wf.z'])
  })

  it('a boundary that failed by itself is a cause', () => {
    const nodes = [root('Failed', { type: 'Steps', message: 'no list' }), node('wf[0]', { type: 'StepGroup', phase: 'Error' })]
    expect(failureCauses(workflow('Failed', nodes)).map(({ id }) => id)).toEqual(['wf'])
  })

  it('does not list a thousand failures', () => {
    const many = Array.from({ length: 1000 }, (_, index) => node(`wf.t${index}`, { phase: 'Failed' }))
    const text = workflowSummary(workflow('Failed', [root('Failed'), ...many]), { clock, look: PLAIN })
    expect(text).toContain(`and ${1000 - CAUSES_SHOWN_MAX} more failed steps`)
  })
})

describe('the look', () => {
  it.each([
    [{ isTerminal: true, env: {} }, true], [{ isTerminal: false, env: {} }, false], [{ isTerminal: true, env: { NO_COLOR: '1' } }, false],
    [{ isTerminal: true, env: { NO_COLOR: '' } }, true], [{ isTerminal: true, env: { TERM: 'dumb' } }, false], [{ isTerminal: true, env: {}, noColour: true }, false],
    [{ isTerminal: false, env: { FORCE_COLOR: '1' } }, true], [{ isTerminal: true, env: { FORCE_COLOR: '0' } }, false],
  ])('%j', (surroundings, colour) => expect(lookFor(surroundings).colour).toBe(colour))

  it('the clock knows the zone of the machine', () => {
    expect(localClock(START).zoneAt(START).offsetSeconds).toBe(-60 * new Date(START).getTimezoneOffset())
  })
})
