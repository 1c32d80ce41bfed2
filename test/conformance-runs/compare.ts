// Owns the comparison of a real run with recorded ones, and with a replay of its own outcomes on the virtual clock.
import { httpVerdict } from '@tiphys/core/engine'
import { simulate, type SimulateOptions, type Stub, type Stubs } from '@tiphys/core/simulate'
import type { NodeStatus, Workflow } from '@tiphys/core/spec'
import type { Case, Expected } from '@tiphys/test/golden'
import { HOST_NAME, type RealRun } from '@tiphys/test/real'

type Fields = Readonly<Record<string, unknown>>

/** What of a node does not depend on the values that steps print: recorded values were scripted. */
const shapeFields = ['type', 'phase', 'message', 'displayName', 'templateName', 'templateRef', 'templateScope', 'boundary', 'children', 'outbound', 'daemoned', 'nodeFlag', 'id'] as const

/** Differences in phase, progress, conditions and the tree of nodes; empty when the run has the recorded shape. */
export function shapeDifferences(expected: Expected, actual: Expected): readonly string[] {
  const list: string[] = []
  for (const key of ['phase', 'progress', 'conditions'] as const) {
    const [want, got] = [(expected as Fields)[key], (actual as Fields)[key]]
    if (!same(want, got)) list.push(`${key}: ${text(got)} instead of ${text(want)}`)
  }
  for (const name of new Set([...Object.keys(expected.nodes), ...Object.keys(actual.nodes)])) {
    const [want, got] = [expected.nodes[name], actual.nodes[name]]
    if (want === undefined || got === undefined) list.push(`${want === undefined ? 'extra' : 'missing'} node ${name}`)
    else list.push(...nodeDifferences(name, want, got))
  }
  return list
}

function nodeDifferences(name: string, want: Fields, got: Fields): string[] {
  const fields = shapeFields.filter((field) => !same(want[field], got[field])).map((field) => `${name}.${field}: ${text(got[field])} instead of ${text(want[field])}`)
  const deadline = isOwnDeadline(want['message']) && isOwnDeadline(got['message'])
  const named = (['inputs', 'outputs'] as const).filter((io) => !same(namesIn(want[io], deadline), namesIn(got[io], deadline)))
  return [...fields, ...named.map((io) => `${name}.${io}: ${text(namesIn(got[io], deadline))} instead of ${text(namesIn(want[io], deadline))}`)]
}

/**
 * Names of parameters and artifacts, and the exit code: not of a pod that its deadline ends, where it depends on whether the step listens.
 * Logs are no part of it: where the runs were recorded nothing was there to keep them.
 */
function namesIn(io: unknown, isDeadline = false): unknown {
  if (typeof io !== 'object' || io === null) return undefined
  const { parameters, artifacts, result, exitCode } = io as { parameters?: object; artifacts?: readonly string[]; result?: unknown; exitCode?: unknown }
  const kept = artifacts?.filter((name) => !name.endsWith('-logs'))
  return {
    parameters: parameters === undefined ? undefined : Object.keys(parameters).sort(), artifacts: kept?.length === 0 ? undefined : kept,
    result: result !== undefined, exitCode: isDeadline ? undefined : exitCode,
  }
}

const canonical = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, canonical(inner)]))
    : value
const text = (value: unknown): string => JSON.stringify(canonical(value)) ?? 'nothing'
const same = (a: unknown, b: unknown): boolean => text(a) === text(b)

/** What every step of a real run did, in the language of stubs. */
export function stubsOf(run: RealRun, supply: Readonly<Record<string, string>> = {}): Stubs {
  const nodes: Record<string, Stub> = {}
  for (const node of Object.values(run.workflow.status?.nodes ?? {})) {
    const { startedAt = 0, finishedAt = startedAt } = run.times.get(node.name) ?? {}
    const duration = `${Math.max(1, finishedAt - startedAt)}ms`
    if (node.type === 'Pod') nodes[node.name] = { duration, ...podStub(node) }
    else if (node.type === 'HTTP') nodes[node.name] = { duration, status: Number(/response code: (\d+)/.exec(node.message ?? '')?.[1] ?? 200), body: node.outputs?.result ?? '' }
  }
  return { nodes, supply }
}

function podStub(node: NodeStatus): Stub {
  const { outputs, message = '' } = node
  const parameters = Object.fromEntries((outputs?.parameters ?? []).filter(({ value }) => value !== undefined).map(({ name, value }) => [name, value ?? null]))
  return {
    exitCode: outputs?.exitCode ?? '0',
    ...(isOwnDeadline(message) ? { podMessage: message } : {}),
    outputs: { result: outputs?.result ?? '', parameters, artifacts: (outputs?.artifacts ?? []).map(({ name }) => name) },
  }
}

function isOwnDeadline(message: unknown): boolean {
  return typeof message === 'string' && message.startsWith('Pod was active on the node longer')
}

export interface Replay {
  readonly workflow: Workflow
  readonly run: RealRun
  readonly objects: readonly object[]
  readonly supply: Readonly<Record<string, string>>
}

/** What differs between a host and a simulation by nature, made equal: addresses, the node's name, times, durations. */
export function levelled(workflow: Workflow): Workflow {
  const text = JSON.stringify(workflow)
    .replaceAll('127.0.0.1', '10.0.0.1').replaceAll(HOST_NAME, 'simulated')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>').replace(/"\d+\.\d{6}"/g, '"<duration>"')
  return JSON.parse(text) as Workflow
}

/** The same workflow with the same outcomes, on the virtual clock. */
export function replay({ workflow, run, objects, supply }: Replay): Workflow {
  // The status that an answer had is known of refusals only, so that no condition can be judged again.
  const judgeHttp: SimulateOptions['judgeHttp'] = ({ http: { successCondition: _condition, ...http } = { url: '' }, ...template }, exchange) => httpVerdict({ ...template, http }, exchange)
  const config = { pods: { artifactRepository: { s3: { bucket: 'local', endpoint: 'local' } } } }
  return simulate(workflow, stubsOf(run, supply), {
    name: run.workflow.metadata.name ?? '', with: objects, config, limits: { turnsMax: 20_000 }, attendance: { everyMs: 100, timesMax: 20 }, judgeHttp,
  }).workflow
}

export type { Case }
