// Owns what a test may say about a simulated run, and whether it holds.
import { type Problem, compareQuantity, parseQuantity, quantityOfMilli } from '@tiphys/core/kube'
import { type Json, type NodeStatus, type Outputs, decode, formatPath, schemaKit } from '@tiphys/core/spec'
import { durationMs } from './clock-text.ts'
import { peaksOf } from './intervals.ts'
import { globMatcher } from './rules.ts'
import type { SimulationResult } from './simulate.ts'
import type { Lane } from './state.ts'

const { anyString, int64, list, map, str, struct } = schemaKit

const outputs = struct('ExpectedOutputs', { result: anyString, exitCode: anyString, parameters: map(anyString), artifacts: list(str) })
const node = struct('ExpectedNode', { phase: str, message: str, count: int64, attempts: int64, inputs: map(anyString), outputs, after: list(str), within: str })
const assertions = struct('Assertions', {
  phase: str,
  message: str,
  outputs,
  /** By node name or display name, with `*`. */
  nodes: map(node),
  /** Nodes that must not run: absent, or skipped, or omitted. */
  never: list(str),
  /** Each of these starts only after the one before it has ended. */
  order: list(str),
  time: struct('ExpectedTime', { max: str, min: str }),
  peak: struct('ExpectedPeak', { pods: int64, cpu: anyString, memory: anyString }),
})

export type Assertions = schemaKit.Infer<typeof assertions>
type ExpectedNode = schemaKit.Infer<typeof node>
type ExpectedOutputs = schemaKit.Infer<typeof outputs>

/** Reads assertions as a file has them. */
export function readAssertions(document: Json): { readonly assertions: Assertions; readonly problems: readonly Problem[] } {
  const decoded = decode(assertions, document ?? {})
  const problems = decoded.problems.map(({ message, path, hint }): Problem => ({
    code: 'assertion_invalid', message, path: formatPath(path), ...(hint !== undefined && { hint }),
  }))
  return { assertions: decoded.value, problems }
}

/** What does not hold, each with the place of the assertion. Nothing when all hold. */
export function checkAssertions(result: SimulationResult, expected: Assertions, workflowName = result.workflow.metadata.name ?? ''): readonly Problem[] {
  const failures: Problem[] = []
  const fail: Fail = (path, message) => void failures.push({ code: 'assertion_failed', message, path })
  const { status } = result.workflow
  same(fail, 'phase', { got: status?.phase, expected: expected.phase })
  includes(fail, 'message', { got: status?.message, expected: expected.message })
  checkOutputs(fail, 'outputs', { got: status?.outputs, expected: expected.outputs })
  const find = finder(result, workflowName)
  for (const [glob, one] of Object.entries(expected.nodes ?? {})) checkNodes(fail, `nodes[${glob}]`, { found: find(glob), expected: one, find, result })
  for (const glob of expected.never ?? []) {
    for (const ran of find(glob).filter(({ phase }) => phase !== 'Skipped' && phase !== 'Omitted')) fail('never', `${ran.name} is ${ran.phase ?? ''}`)
  }
  checkOrder(fail, { globs: expected.order ?? [], find, result })
  checkTime(fail, result, expected)
  checkPeak(fail, result, expected)
  return failures
}

type Fail = (path: string, message: string) => void
type Find = (glob: string) => readonly NodeStatus[]

function finder(result: SimulationResult, workflowName: string): Find {
  const nodes = Object.values(result.workflow.status?.nodes ?? {})
  return (glob) => {
    const matches = globMatcher(glob.replaceAll('$wf', () => workflowName))
    return nodes.filter(({ name, displayName }) => matches(name) || matches(displayName ?? ''))
  }
}

function same(fail: Fail, path: string, at: { got: string | number | undefined; expected: string | number | undefined }): void {
  if (at.expected !== undefined && at.got !== at.expected) fail(path, `is ${at.got === undefined ? 'absent' : JSON.stringify(at.got)} instead of ${JSON.stringify(at.expected)}`)
}

function includes(fail: Fail, path: string, at: { got: string | undefined; expected: string | undefined }): void {
  if (at.expected !== undefined && at.got?.includes(at.expected) !== true) fail(path, `${JSON.stringify(at.got ?? '')} does not hold ${JSON.stringify(at.expected)}`)
}

function checkOutputs(fail: Fail, path: string, at: { got: Outputs | undefined; expected: ExpectedOutputs | undefined }): void {
  const { got, expected } = at
  if (expected === undefined) return
  same(fail, `${path}.result`, { got: got?.result, expected: expected.result })
  same(fail, `${path}.exitCode`, { got: got?.exitCode, expected: expected.exitCode })
  for (const [name, value] of Object.entries(expected.parameters ?? {})) {
    same(fail, `${path}.parameters.${name}`, { got: got?.parameters?.find((parameter) => parameter.name === name)?.value, expected: value })
  }
  for (const name of expected.artifacts ?? []) {
    if (got?.artifacts?.some((artifact) => artifact.name === name) !== true) fail(`${path}.artifacts`, `there is no artifact ${name}`)
  }
}

interface NodeCheck { readonly found: readonly NodeStatus[]; readonly expected: ExpectedNode; readonly find: Find; readonly result: SimulationResult }

function checkNodes(fail: Fail, path: string, at: NodeCheck): void {
  const { found, expected } = at
  if (expected.count !== undefined) same(fail, `${path}.count`, { got: found.length, expected: expected.count })
  else if (found.length === 0) fail(path, 'no node has this name')
  for (const one of found) {
    const where = found.length > 1 ? `${path} ${one.name}` : path
    same(fail, `${where}.phase`, { got: one.phase, expected: expected.phase })
    includes(fail, `${where}.message`, { got: one.message, expected: expected.message })
    checkOutputs(fail, `${where}.outputs`, { got: one.outputs, expected: expected.outputs })
    for (const [name, value] of Object.entries(expected.inputs ?? {})) {
      same(fail, `${where}.inputs.${name}`, { got: one.inputs?.parameters?.find((parameter) => parameter.name === name)?.value, expected: value })
    }
    if (expected.attempts !== undefined) same(fail, `${where}.attempts`, { got: attemptsOf(at.result, one), expected: expected.attempts })
    checkNodeTime(fail, where, { ...at, node: one })
  }
}

/** How often the node's steps were tried: the attempts of a retry, or once. */
function attemptsOf(result: SimulationResult, node: NodeStatus): number {
  if (node.type !== 'Retry') return 1
  const nodes = result.workflow.status?.nodes ?? {}
  return (node.children ?? []).filter((id) => nodes[id]?.name.startsWith(`${node.name}(`) === true).length
}

function checkNodeTime(fail: Fail, path: string, at: NodeCheck & { readonly node: NodeStatus }): void {
  const { node, expected, find } = at
  for (const glob of expected.after ?? []) {
    for (const earlier of find(glob)) if (!isAfter(at.result.timeline, node, earlier)) fail(`${path}.after`, `${node.name} started before ${earlier.name} ended`)
  }
  const limit = limitOf(fail, `${path}.within`, expected.within)
  const took = msOf(node.finishedAt) - msOf(node.startedAt)
  if (limit !== undefined && !(took <= limit)) fail(`${path}.within`, `${node.name} took ${took / 1000} s, longer than ${expected.within}`)
}

const msOf = (text: string | undefined): number => (text ? Date.parse(text) : Number.NaN)

/** The timeline knows milliseconds, the nodes whole seconds. */
function isAfter(lanes: readonly Lane[], later: NodeStatus, earlier: NodeStatus): boolean {
  const laneOf = (name: string): Lane | undefined => lanes.findLast(({ node: laneNode }) => laneNode === name)
  const start = laneOf(later.name)?.from ?? msOf(later.startedAt)
  const lane = laneOf(earlier.name)
  const end = lane === undefined ? msOf(earlier.finishedAt) : (lane.to ?? Number.POSITIVE_INFINITY)
  return start >= end
}

function checkOrder(fail: Fail, at: { readonly globs: readonly string[]; readonly find: Find; readonly result: SimulationResult }): void {
  let before: readonly NodeStatus[] = []
  for (const [index, glob] of at.globs.entries()) {
    const found = at.find(glob)
    if (found.length === 0) fail(`order[${index}]`, `no node has the name ${glob}`)
    for (const later of found) {
      for (const earlier of before) if (!isAfter(at.result.timeline, later, earlier)) fail(`order[${index}]`, `${later.name} started before ${earlier.name} ended`)
    }
    before = found
  }
}

function checkTime(fail: Fail, result: SimulationResult, expected: Assertions): void {
  const max = limitOf(fail, 'time.max', expected.time?.max)
  const min = limitOf(fail, 'time.min', expected.time?.min)
  if (max !== undefined && result.durationMs > max) fail('time.max', `the run took ${result.durationMs / 1000} s, longer than ${expected.time?.max}`)
  if (min !== undefined && result.durationMs < min) fail('time.min', `the run took ${result.durationMs / 1000} s, not as long as ${expected.time?.min}`)
}

/** A limit that cannot be read must not pass for one that holds. */
function limitOf(fail: Fail, path: string, text: string | undefined): number | undefined {
  const limit = text === undefined ? undefined : durationMs(text)
  if (text !== undefined && limit === undefined) fail(path, `${JSON.stringify(text)} is not a duration such as 90s or 1h30m`)
  return limit
}

function checkPeak(fail: Fail, result: SimulationResult, expected: Assertions): void {
  const { peak } = expected
  if (peak === undefined) return
  const got = peaksOf(result.timeline)
  if (peak.pods !== undefined && got.pods > peak.pods) fail('peak.pods', `${got.pods} ran at a time, more than ${peak.pods}`)
  atMost(fail, 'peak.cpu', { milli: got.cpuMilli, limit: peak.cpu })
  atMost(fail, 'peak.memory', { milli: got.memoryBytes * 1000, limit: peak.memory })
}

function atMost(fail: Fail, path: string, at: { milli: number; limit: string | undefined }): void {
  if (at.limit === undefined) return
  const limit = parseQuantity(at.limit)
  if (!limit.ok) return fail(path, `${JSON.stringify(at.limit)} is not a quantity`)
  if (compareQuantity(quantityOfMilli(BigInt(Math.round(at.milli))), limit.value) > 0) fail(path, `${at.milli / 1000} was asked for at a time, more than ${at.limit}`)
}
