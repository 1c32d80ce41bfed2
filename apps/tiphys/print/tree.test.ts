// Checks which nodes a tree shows, in which order and behind which lines.
import { nodeId } from '@tiphys/core/kube'
import type { NodeStatus } from '@tiphys/core/spec'
import { describe, expect, it } from 'vitest'
import { PLAIN, describeWorkflow, drawTrees, nodeMark, utcClock } from './index.ts'

const at = (second: number): string => `2024-01-01T00:00:${String(second).padStart(2, '0')}Z`

interface Sketch extends Partial<NodeStatus> {
  /** The name without the workflow's. */
  readonly at: string
  readonly below?: readonly string[]
}

/** Nodes of the workflow `wf` from their names: ids, display names and times are filled in. */
function nodesOf(...sketches: readonly Sketch[]): Record<string, NodeStatus> {
  const full = (name: string): string => `wf${name}`
  const nodes: Record<string, NodeStatus> = {}
  for (const { at: name, below, ...rest } of sketches) {
    const id = nodeId('wf', full(name))
    nodes[id] = {
      id, name: full(name), displayName: name === '' ? 'wf' : (name.split('.').at(-1) ?? name), type: 'Pod', phase: 'Succeeded', templateName: 'work',
      boundaryID: name === '' ? '' : 'wf', startedAt: at(1), finishedAt: at(2), ...(below === undefined ? {} : { children: below.map((child) => nodeId('wf', full(child))) }),
      ...rest,
    }
  }
  return nodes
}

function draw(nodes: Record<string, NodeStatus>, shows?: (node: NodeStatus) => boolean, unicode = true): readonly string[] {
  const trees = drawTrees({ metadata: { name: 'wf' }, status: { nodes } }, { unicode, ...(shows === undefined ? {} : { shows }) })
  const text = ({ prefix, node }: { prefix: string; node: NodeStatus }): string => `${prefix}${nodeMark(node, { colour: false, unicode })} ${node.displayName ?? ''}`
  return trees === undefined ? [] : [...trees.main.map(text), ...(trees.onExit ?? []).map(text)]
}

const steps = (...groups: readonly (readonly string[])[]): Sketch[] => [
  { at: '', type: 'Steps', below: groups.length > 0 ? ['[0]'] : [] },
  ...groups.flatMap((names, index): Sketch[] => [
    { at: `[${index}]`, displayName: `[${index}]`, type: 'StepGroup', below: names.map((name) => `[${index}].${name}`), startedAt: at(index) },
    ...names.map((name): Sketch => ({ at: `[${index}].${name}`, displayName: name, startedAt: at(index) })),
  ]),
]

describe('trees of nodes', () => {
  it('a group of one step is a line, of several a bracket', () => {
    expect(draw(nodesOf(...steps(['a'], ['b', 'c', 'd'], ['e'])))).toEqual([
      ' ✔ wf', ' ├───✔ a', ' ├─┬─✔ b', ' │ ├─✔ c', ' │ └─✔ d', ' └───✔ e',
    ])
  })

  it('in ASCII when asked', () => {
    expect(draw(nodesOf(...steps(['a', 'b'], ['c'])), undefined, false)).toEqual([
      ' Succeeded wf', ' |-+-Succeeded a', ' | `-Succeeded b', ' `---Succeeded c',
    ])
  })

  it('tasks come in the order of their start, then of their names; loops in that of their indexes', () => {
    const loop = [10, 2, 1].map((index): Sketch => ({ at: `.each(${index}:x)` }))
    const nodes = nodesOf({ at: '', type: 'DAG' }, { at: '.late', startedAt: at(9) }, { at: '.b' }, { at: '.a' }, ...loop)
    expect(draw(nodes)).toEqual([' ✔ wf', ' ├─✔ a', ' ├─✔ b', ' ├─✔ each(1:x)', ' ├─✔ each(2:x)', ' ├─✔ each(10:x)', ' └─✔ late'])
  })

  it('a retry with one attempt is left out, with several it is shown', () => {
    const attempts = (count: number): Sketch[] => Array.from({ length: count }, (_, index) => ({ at: `.t(${index})`, displayName: `t(${index})` }))
    const names = (count: number): string[] => attempts(count).map((attempt) => attempt.at)
    expect(draw(nodesOf({ at: '', type: 'DAG' }, { at: '.t', type: 'Retry', below: names(1) }, ...attempts(1)))).toEqual([' ✔ wf', ' └─✔ t(0)'])
    expect(draw(nodesOf({ at: '', type: 'DAG' }, { at: '.t', type: 'Retry', below: names(2) }, ...attempts(2)))).toEqual([
      ' ✔ wf', ' └─✔ t', '   ├─✔ t(0)', '   └─✔ t(1)',
    ])
  })

  it('the entry point may be retried', () => {
    const nodes = nodesOf({ at: '', type: 'Retry', below: ['(0)', '(1)'] }, { at: '(0)', boundaryID: '', displayName: 'wf(0)', phase: 'Failed' }, { at: '(1)', boundaryID: '', displayName: 'wf(1)' })
    expect(draw(nodes)).toEqual([' ✔ wf', ' ├─✖ wf(0)', ' └─✔ wf(1)'])
  })

  it('omitted nodes, task groups and containers are left out, skipped ones shown', () => {
    const nodes = nodesOf(
      { at: '', type: 'DAG' }, { at: '.a', type: 'Skipped', phase: 'Omitted' }, { at: '.b', type: 'Skipped', phase: 'Skipped' },
      { at: '.c', type: 'TaskGroup' }, { at: '.d', type: 'Container' },
    )
    expect(draw(nodes)).toEqual([' ✔ wf', ' └─○ b'])
  })

  it('a failed expansion has a group without steps', () => {
    const nodes = nodesOf(...steps(['text'], []).map((sketch) => (sketch.at === '' || sketch.at === '[1]' ? { ...sketch, phase: 'Failed' as const } : sketch)))
    expect(draw(nodes)).toEqual([' ✖ wf', ' ├───✔ text'])
  })

  it('hooks are siblings and the exit handler is a tree of its own', () => {
    const nodes = nodesOf(
      ...steps(['work']), { at: '[0].work.hooks.ok', displayName: 'work.hooks.ok' }, { at: '[0].work.onExit', displayName: 'work.onExit' },
      { at: '.onExit', boundaryID: '', displayName: 'wf.onExit', type: 'Steps' }, { at: '.onExit[0]', displayName: '[0]', type: 'StepGroup', below: ['.onExit[0].end'], boundaryID: nodeId('wf', 'wf.onExit') },
      { at: '.onExit[0].end', displayName: 'end', boundaryID: nodeId('wf', 'wf.onExit') },
    )
    expect(draw(nodes)).toEqual([' ✔ wf', ' ├───✔ work', ' ├─✔ work.hooks.ok', ' └─✔ work.onExit', ' ✔ wf.onExit', ' └───✔ end'])
  })

  it('boundaries nest', () => {
    const inner = nodeId('wf', 'wf.in')
    const nodes = nodesOf({ at: '', type: 'DAG' }, { at: '.in', type: 'Steps', phase: 'Running' }, { at: '.in[0]', type: 'StepGroup', boundaryID: inner, below: ['.in[0].x'] }, { at: '.in[0].x', displayName: 'x', boundaryID: inner, phase: 'Pending' }, { at: '.z' })
    expect(draw(nodes)).toEqual([' ✔ wf', ' ├─● in', ' │ └───◷ x', ' └─✔ z'])
  })

  it('nodes that a selection leaves out keep their place among the lines', () => {
    const nodes = nodesOf({ at: '', type: 'DAG', phase: 'Failed' }, { at: '.a', phase: 'Failed' }, { at: '.b' })
    expect(draw(nodes, (node) => node.phase === 'Failed')).toEqual([' ✖ wf', ' ├─✖ a'])
    expect(draw(nodes, (node) => node.displayName === 'b')).toEqual([' ✔ b'])
  })

  it('an active suspension has a mark of its own', () => {
    expect(draw(nodesOf({ at: '', type: 'DAG', phase: 'Running' }, { at: '.gate', type: 'Suspend', phase: 'Running' }))).toEqual([' ● wf', ' └─ǁ gate'])
  })

  it('nothing is drawn without an entry point, and circles end', () => {
    expect(draw(nodesOf({ at: '.a' }))).toEqual([])
    expect(draw(nodesOf({ at: '', type: 'DAG' }, { at: '.a', type: 'StepGroup', below: ['.b'] }, { at: '.b', type: 'StepGroup', below: ['.a'] }))).toEqual([' ✔ wf'])
  })

  it('draws ten thousand nodes, and trees ten thousand deep', () => {
    const wide = nodesOf({ at: '', type: 'DAG' }, ...Array.from({ length: 10_000 }, (_, index): Sketch => ({ at: `.t(${index}:x)` })))
    expect(draw(wide)).toHaveLength(10_001)
    const deep = nodesOf({ at: '', type: 'DAG' }, ...Array.from({ length: 2_000 }, (_, index): Sketch => ({ at: '.n'.repeat(index + 1), type: 'DAG', boundaryID: nodeId('wf', `wf${'.n'.repeat(index)}`) })))
    expect(draw(deep)).toHaveLength(2_001)
  })
})

describe('the block of facts', () => {
  const clock = utcClock(Date.parse(at(45)))
  const describeNodes = (columns: '' | 'short' | 'wide', colour = false): string =>
    describeWorkflow(
      { metadata: { name: 'wf' }, spec: {}, status: { phase: 'Running', startedAt: at(1), nodes: nodesOf({ at: '', type: 'DAG', finishedAt: null as unknown as string }, { at: '.a', hostNodeName: 'host-1', message: 'said \u001b[31mno', outputs: { artifacts: [{ name: 'x' }, { name: 'y' }] }, resourcesDuration: { memory: 3723, cpu: 2 } }) } },
      { clock, columns, look: { ...PLAIN, colour } },
    )

  it('puts the columns of the wide form in order', () => {
    const cells = describeNodes('wide').split('\n').map((line) => line.trim().split(/ {2,}/))
    expect(cells).toContainEqual(['STEP', 'TEMPLATE', 'PODNAME', 'DURATION', 'ARTIFACTS', 'MESSAGE', 'RESOURCESDURATION', 'NODENAME'])
    const pod = nodeId('wf', 'wf.a').replace('wf-', 'wf-work-')
    expect(cells).toContainEqual(['└─✔ a', 'work', pod, '1s', 'x,y', 'said [31mno', '2s*(1 cpu),1h2m3s*(100Mi memory)', 'host-1'])
  })

  it('the short form is the tree alone', () => {
    expect(describeNodes('short').startsWith('STEP')).toBe(true)
  })

  it('colours icons, and the heading so that columns stay aligned', () => {
    const text = describeNodes('', true)
    expect(text).toContain('\u001b[39mSTEP\u001b[0m')
    expect(text).toContain(' └─\u001b[32m✔\u001b[0m a')
  })

  it('a message cannot send codes to the terminal', () => {
    expect(describeNodes('')).not.toContain('\u001b')
  })
})

describe('the order of DAGs', () => {
  const node = (displayName: string, startedAt: string): NodeStatus => ({ id: displayName, name: `w.${displayName}`, displayName, type: 'Pod', phase: 'Succeeded', boundaryID: 'w', startedAt })
  const workflow = { metadata: { name: 'w' }, status: { nodes: { w: { id: 'w', name: 'w', displayName: 'w', type: 'DAG' as const }, b: node('b', '2026-01-01T00:00:00Z'), a: node('a', '2026-01-01T00:00:05Z') } } }
  const order = (dagsByName: boolean): string => (drawTrees(workflow, { unicode: true, dagsByName })?.main ?? []).map(({ node: { displayName } }) => displayName).join(' ')

  it('is that of beginnings, or of names where the reference is asked for', () => {
    expect(order(false)).toBe('w b a')
    expect(order(true)).toBe('w a b')
  })
})
