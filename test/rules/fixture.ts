// Owns the one door between rule fixtures and the engine: a fixture is played by simulation, and what it expects is compared.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type RecordedMetric, type Stubs, type SurroundingObject, simulate } from '@tiphys/core/simulate'
import { type NodeStatus, type Workflow, type WorkflowSpec, isObject, readDocuments } from '@tiphys/core/spec'

/** What a fixture says. Node names leave out the workflow's: `[0].a`, `A`, `.` for the root. */
export interface Fixture {
  readonly rule?: string
  readonly rules?: readonly string[]
  readonly name: string
  readonly metadata?: Workflow['metadata']
  readonly spec: WorkflowSpec
  readonly stubs?: Stubs
  readonly with?: readonly SurroundingObject[]
  /** People resume what waits, every so many seconds. */
  readonly attendSeconds?: number
  readonly expect: Expectation
}

interface Expectation {
  readonly phase: string
  readonly message?: string
  /** Null where there is none of the name. */
  readonly outputs?: Readonly<Record<string, string | null>>
  readonly seconds?: number
  /** `Phase`, `Phase: message`, or `absent`. */
  readonly nodes?: Readonly<Record<string, string>>
  readonly types?: Readonly<Record<string, string>>
  readonly ids?: Readonly<Record<string, string>>
  readonly flags?: Readonly<Record<string, NodeStatus['nodeFlag']>>
  readonly displayNames?: Readonly<Record<string, string>>
  readonly children?: Readonly<Record<string, readonly string[]>>
  readonly inputs?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly results?: Readonly<Record<string, string>>
  readonly podNames?: Readonly<Record<string, string>>
  /** Nodes whose pods were created, in that order. */
  readonly pods?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  /** `Type: message`, or the type alone. */
  readonly conditions?: readonly string[]
  /** What was recorded, each as `name{label=value} what` or `name what`, in that order: see `metricText`. */
  readonly metrics?: readonly string[]
}

const FOLDER = join(import.meta.dirname, '../../fixtures/engine')
const NAME = 'wf'

export function loadFixtures(): Fixture[] {
  return readdirSync(FOLDER).filter((file) => file.endsWith('.yaml')).sort().flatMap((file) =>
    readDocuments(readFileSync(join(FOLDER, file), 'utf8')).map((document) => {
      if (document.problem !== undefined || !isObject(document.value)) throw new Error(`${file}: ${document.problem?.message ?? 'no object'}`)
      return document.value as unknown as Fixture
    }))
}

export const titleOf = (fixture: Fixture): string => `${[fixture.rule, ...(fixture.rules ?? [])].filter(Boolean).join(', ')} ${fixture.name}`

/** What differs from what the fixture expects, as texts; empty when nothing does. */
export function differencesOf(fixture: Fixture): string[] {
  const workflow: Workflow = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: NAME, namespace: 'default', ...fixture.metadata }, spec: fixture.spec }
  const attendance = fixture.attendSeconds === undefined ? undefined : { everyMs: fixture.attendSeconds * 1000, timesMax: 6 }
  const result = simulate(workflow, fixture.stubs ?? {}, { with: fixture.with ?? [], attendance })
  const differences = result.problems.map(({ message }) => `problem: ${message}`)
  const { expect } = fixture
  const check = (what: string, got: unknown, wanted: unknown): void => {
    if (JSON.stringify(got) !== JSON.stringify(wanted)) differences.push(`${what}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`)
  }
  const { status } = result.workflow
  check('phase', status?.phase, expect.phase)
  if (expect.message !== undefined) check('message', status?.message, expect.message)
  if (expect.seconds !== undefined) check('seconds', Math.round(result.durationMs / 1000), expect.seconds)
  for (const [name, value] of Object.entries(expect.outputs ?? {})) check(`output ${name}`, status?.outputs?.parameters?.find((p) => p.name === name)?.value ?? null, value)
  for (const [name, value] of Object.entries(expect.labels ?? {})) check(`label ${name}`, result.workflow.metadata.labels?.[name], value)
  if (expect.pods !== undefined) check('pods', result.pods.map(({ node }) => short(node)), expect.pods)
  for (const [name, value] of Object.entries(expect.podNames ?? {})) check(`pod of ${name}`, result.pods.find(({ node }) => short(node) === name)?.podName, value)
  if (expect.conditions !== undefined) check('conditions', (status?.conditions ?? []).filter((condition) => condition.status === 'True').map(({ type, message }) => (message === undefined ? type : `${type}: ${message}`)), expect.conditions)
  if (expect.metrics !== undefined) check('metrics', result.metrics.map(metricText), expect.metrics)
  checkNodes(expect, Object.values(status?.nodes ?? {}), check)
  return differences
}

/** `+1` of a counter, `=1`, `+=1` and `-=1` of a gauge, `~1` of a histogram, and `3s` of what follows the time; before it the node, if any. */
function metricText({ node, name, labels, value }: RecordedMetric): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}=${text}`)
  return `${node === undefined ? '' : `${short(node)}: `}${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${valueText(value)}`
}

function valueText(value: RecordedMetric['value']): string {
  switch (value.kind) {
    case 'counter': return `+${value.value}`
    case 'gauge': return `${{ Set: '=', Add: '+=', Sub: '-=' }[value.operation]}${value.value}`
    case 'histogram': return `~${value.value} of ${value.buckets.join(' ')}`
    case 'realtime': return value.until === undefined ? 'goes on' : `${(value.until - value.since) / 1000}s`
  }
}

const short = (name: string): string => (name === NAME ? '.' : name.startsWith(`${NAME}.`) ? name.slice(NAME.length + 1) : name.slice(NAME.length))

function checkNodes(expect: Expectation, nodes: readonly NodeStatus[], check: (what: string, got: unknown, wanted: unknown) => void): void {
  const byName = new Map(nodes.map((node) => [short(node.name), node]))
  const nameOf = (id: string): string => short(nodes.find((node) => node.id === id)?.name ?? id)
  for (const [name, wanted] of Object.entries(expect.nodes ?? {})) {
    const node = byName.get(name)
    const phase = node === undefined ? 'absent' : (node.phase ?? '')
    check(name, wanted.includes(':') && node?.message !== undefined ? `${phase}: ${node.message}` : phase, wanted)
  }
  for (const [name, wanted] of Object.entries(expect.types ?? {})) check(`type of ${name}`, byName.get(name)?.type, wanted)
  for (const [name, wanted] of Object.entries(expect.ids ?? {})) check(`id of ${name}`, byName.get(name)?.id, wanted)
  for (const [name, wanted] of Object.entries(expect.flags ?? {})) check(`flags of ${name}`, byName.get(name)?.nodeFlag, wanted)
  for (const [name, wanted] of Object.entries(expect.displayNames ?? {})) check(`display name of ${name}`, byName.get(name)?.displayName, wanted)
  for (const [name, wanted] of Object.entries(expect.children ?? {})) check(`children of ${name}`, (byName.get(name)?.children ?? []).map(nameOf).sort(), [...wanted].sort())
  for (const [name, wanted] of Object.entries(expect.results ?? {})) check(`result of ${name}`, byName.get(name)?.outputs?.result ?? '(none)', wanted)
  for (const [name, parameters] of Object.entries(expect.inputs ?? {})) {
    for (const [key, wanted] of Object.entries(parameters)) check(`input ${key} of ${name}`, byName.get(name)?.inputs?.parameters?.find((p) => p.name === key)?.value, wanted)
  }
}
