// Holds assertions, coverage, timelines and the agenda to their promises.
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { Workflow } from '@tiphys/core/spec'
import { type Stubs, checkAssertions, coverageOf, ganttSvg, ganttText, peaksOf, readAssertions, readStubs, simulate } from './index.ts'
import { createAgenda, nextTime, schedule, takeNext } from './due.ts'
import { globMatcher } from './rules.ts'

const workflow = {
  apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: 'wf' },
  spec: {
    entrypoint: 'main', onExit: 'bye',
    templates: [
      {
        name: 'main',
        dag: {
          tasks: [
            { name: 'a', template: 'leaf' },
            { name: 'b', template: 'flaky', depends: 'a' },
            { name: 'c', template: 'leaf', depends: 'b.Failed' },
            { name: 'd', template: 'leaf', depends: 'b', when: '{{tasks.a.outputs.result}} == go', hooks: { late: { template: 'leaf', expression: 'tasks.d.status == "Failed"' } } },
          ],
        },
      },
      { name: 'leaf', script: { image: 'i', command: ['sh'], source: 'x', resources: { requests: { cpu: '500m', memory: '1Gi' } } } },
      { name: 'flaky', retryStrategy: { limit: '2' }, container: { image: 'i', command: ['x'] } },
      { name: 'bye', container: { image: 'i', command: ['x'] } },
    ],
  },
} as Workflow
const run = (stubs: Stubs): ReturnType<typeof simulate> => simulate(workflow, stubs)
const go: Stubs = { nodes: { '$wf.a': { outputs: { result: 'go' } }, '$wf.b(0)': { exitCode: 1 } } }

describe('assertions', () => {
  const check = (text: object): readonly string[] => checkAssertions(run(go), readAssertions(text as never).assertions).map(({ path, message }) => `${path}: ${message}`)

  it('hold for what happened', () => {
    expect(check({
      phase: 'Succeeded',
      nodes: { a: { phase: 'Succeeded', outputs: { result: 'go', exitCode: 0 } }, b: { attempts: 2 }, d: { after: ['b'], within: '1s' }, '$wf.?': { count: 0 } },
      never: ['c'], order: ['a', 'b', 'd', '*onExit'], time: { max: '5s', min: '5s' }, peak: { pods: 1, cpu: '500m', memory: '1Gi' },
    })).toEqual([])
  })

  it('tell what does not hold, with the place', () => {
    expect(check({
      phase: 'Failed', message: 'x', nodes: { a: { phase: 'Failed', outputs: { result: 'no', artifacts: ['y'] } }, nobody: {}, 'b(*': { count: 3 }, a2: { count: 0 }, b: { attempts: 1 } },
      never: ['d'], order: ['d', 'a'], time: { max: '1s' }, peak: { cpu: '100m', memory: '1Mi', pods: 0 },
    })).toEqual([
      'phase: is "Succeeded" instead of "Failed"',
      'message: "" does not hold "x"',
      'nodes[a].phase: is "Succeeded" instead of "Failed"',
      'nodes[a].outputs.result: is "go" instead of "no"',
      'nodes[a].outputs.artifacts: there is no artifact y',
      'nodes[nobody]: no node has this name',
      'nodes[b(*].count: is 2 instead of 3',
      'nodes[b].attempts: is 2 instead of 1',
      'never: wf.d is Succeeded',
      'order[1]: wf.a started before wf.d ended',
      'time.max: the run took 5 s, longer than 1s',
      'peak.pods: 1 ran at a time, more than 0',
      'peak.cpu: 0.5 was asked for at a time, more than 100m',
      'peak.memory: 1073741824 was asked for at a time, more than 1Mi',
    ])
  })

  it('fail when a limit of theirs is none', () => {
    expect(check({ nodes: { a: { within: 'soon' } }, time: { max: 'later', min: '-1s' } })).toEqual([
      'nodes[a].within: "soon" is not a duration such as 90s or 1h30m', 'time.max: "later" is not a duration such as 90s or 1h30m', 'time.min: "-1s" is not a duration such as 90s or 1h30m',
    ])
  })

  it('stubs tell chances that are none, and flags that nothing has', () => {
    expect(readStubs({ default: { failRate: 3 }, nodes: { 'a.b': { failRate: -1 } }, then: [{ op: 'retry', flags: ['--restart-successful', '--bogus=1'] }] } as never).problems).toMatchObject([
      { path: 'default.failRate', message: '3 is no chance' }, { path: 'nodes["a.b"].failRate' }, { path: 'then[0].flags', message: expect.stringContaining('--bogus') },
    ])
  })

  it('are read with places and hints', () => {
    expect(readAssertions({ nodes: { a: { fase: 'x' } } } as never).problems).toMatchObject([{ code: 'assertion_invalid', path: 'nodes.a.fase' }])
    expect(readStubs({ nodes: { a: { exitCod: 1 } }, then: [{ op: 'restart', when: 'later' }] } as never).problems).toMatchObject([
      { path: 'nodes.a.exitCod' }, { path: 'then[0].op' }, { path: 'then[0].when' },
    ])
    expect(readStubs({ default: { exitCode: 1, hang: true }, supply: { n: 1 } } as never)).toEqual({ stubs: { default: { exitCode: '1', hang: true }, supply: { n: '1' } }, problems: [] })
  })
})

describe('coverage', () => {
  it('counts every outcome that is possible, and adds up over runs', () => {
    const first = coverageOf([run(go).workflow])
    const taken = (branches: typeof first.branches): Record<string, unknown> => Object.fromEntries(branches.map((branch) => [`${branch.place || branch.template} ${branch.kind} ${branch.text}`.trim(), branch.taken]))
    expect(taken(first.branches)).toEqual({
      'tasks.b depends a': { met: 1, notMet: 0 },
      'tasks.c depends b.Failed': { met: 0, notMet: 1 },
      'tasks.d when {{tasks.a.outputs.result}} == go': { true: 1, false: 0 },
      'tasks.d depends b': { met: 1, notMet: 0 },
      'tasks.d hook late': { ran: 0, notRun: 1 },
      'flaky retry limit 2': { first: 0, again: 1, givenUp: 0 },
      'workflow exit onExit': { ran: 1, notRun: 0 },
    })
    expect([first.covered, first.total]).toEqual([7, 15])
    const both = coverageOf([run(go).workflow, run({ nodes: { '$wf.b*': { exitCode: 1 } } }).workflow])
    expect(taken(both.branches)).toMatchObject({ 'tasks.c depends b.Failed': { met: 1, notMet: 1 }, 'flaky retry limit 2': { again: 2, givenUp: 1 } })
  })
})

describe('timelines', () => {
  const lane = (node: string, from: number, to: number | undefined, more: object = {}) => ({ node, template: 't', kind: 'pod' as const, from, to, startedAt: from, outcome: 'Succeeded', ...more })

  it('are drawn as bars', () => {
    const text = ganttText([lane('a', 0, 5000), lane('b', 5000, 10_000, { startedAt: 7500, outcome: 'exit code 1' })], { from: 0, to: 10_000, width: 38 })
    expect(text).toBe([
      'a    │███████████           │ 5s',
      'b    │           ▒▒▒▒▒██████│ 5s exit code 1',
      '     0                   10s',
      '',
    ].join('\n'))
  })

  it('are drawn as SVG that no name can break out of', () => {
    const svg = ganttSvg([lane('<script>"&', 0, 1000)], { from: 0, to: 1000 })
    expect(svg).toContain('&lt;script&gt;&quot;&amp;')
    expect(svg).not.toContain('<script')
  })

  it('have peaks in which an end and a beginning at one time do not overlap', () => {
    expect(peaksOf([lane('a', 0, 5, { cpuMilli: 100 }), lane('b', 5, 9, { cpuMilli: 200 }), lane('c', 6, undefined, { cpuMilli: 50 })])).toEqual({ pods: 2, cpuMilli: 250, memoryBytes: 0 })
  })
})

describe('the agenda', () => {
  it('gives entries in order of time, and in order of asking at the same time', () => {
    fc.assert(fc.property(fc.array(fc.nat(20), { maxLength: 60 }), (times) => {
      const agenda = createAgenda<number>()
      times.forEach((at, index) => schedule(agenda, at, index))
      const taken: { at: number; what: number }[] = []
      while (nextTime(agenda) !== undefined) taken.push(takeNext(agenda) as { at: number; what: number })
      const expected = times.map((at, what) => ({ at, what })).sort((a, b) => a.at - b.at || a.what - b.what)
      expect(taken.map(({ at, what }) => ({ at, what }))).toEqual(expected)
    }))
  })
})

describe('patterns', () => {
  it('match as a regular expression with only stars would', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '*', '('), maxLength: 8 }), fc.string({ unit: fc.constantFrom('a', 'b', '('), maxLength: 10 }), (glob, text) => {
      const expression = new RegExp(`^${glob.split('*').map((part) => part.replace(/[()]/g, '\\$&')).join('.*')}$`)
      expect(globMatcher(glob)(text)).toBe(expression.test(text))
    }))
  })
})
