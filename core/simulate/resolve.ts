// Owns the reading of one stub when its step starts: tags are filled, texts become numbers, chance is drawn.
import { type Value, compileTemplate, renderTemplate, scopeOfVariables } from '@tiphys/core/expr'
import { type Result, bad, ok } from '@tiphys/core/kube'
import type { Inputs } from '@tiphys/core/spec'
import { durationMs } from './clock-text.ts'
import type { Random } from './random.ts'
import { attemptOf } from './rules.ts'
import type { Stub, StubText } from './stubs.ts'

/** A stub in the units of the simulation. */
export interface ResolvedStub {
  readonly durationMs: number
  readonly pendingMs: number
  readonly exitCode: number
  readonly message: string | undefined
  readonly podMessage: string | undefined
  readonly result: string | undefined
  readonly parameters: ReadonlyMap<string, string | null>
  readonly artifacts: readonly string[] | undefined
  readonly hang: boolean
  readonly lost: boolean
  readonly fail: boolean
  readonly status: number
  readonly body: string
}

/** The node whose stub is read: its variables are what the tags of the stub may name. */
export interface StubContext {
  readonly nodeName: string
  readonly inputs: Inputs | undefined
  readonly workflowName: string
  readonly at: number
}

const SECOND = 1000

/** Errors: `stub_invalid`, with the key that cannot be read. */
export function resolveStub(stub: Stub, context: StubContext, random: Random): Result<ResolvedStub> {
  const read = reader(context, random)
  const parameters = new Map<string, string | null>()
  for (const [name, value] of Object.entries(stub.outputs?.parameters ?? {})) {
    parameters.set(name, value === null ? null : (read.text(`outputs.parameters.${name}`, value) ?? ''))
  }
  const exitCode = read.number('exitCode', stub.exitCode) ?? 0
  const drawn = stub.failRate !== undefined && exitCode === 0 && random.fraction() < stub.failRate
  const resolved: ResolvedStub = {
    durationMs: read.duration('duration', stub.duration) ?? SECOND,
    pendingMs: read.duration('pending', stub.pending) ?? 0,
    exitCode: drawn || (stub.fail === true && exitCode === 0) ? 1 : exitCode,
    message: read.text('message', stub.message),
    podMessage: read.text('podMessage', stub.podMessage),
    result: read.text('outputs.result', stub.outputs?.result),
    parameters,
    artifacts: stub.outputs?.artifacts,
    hang: stub.hang === true,
    lost: stub.lost === true,
    fail: stub.fail === true,
    status: read.number('status', stub.status) ?? 200,
    body: read.text('body', stub.body) ?? '',
  }
  return read.problem() ?? ok(resolved)
}

interface Reader {
  text(key: string, value: StubText | undefined): string | undefined
  number(key: string, value: StubText | undefined): number | undefined
  duration(key: string, value: StubText | undefined): number | undefined
  problem(): ReturnType<typeof bad> | undefined
}

function reader(context: StubContext, random: Random): Reader {
  let problem: ReturnType<typeof bad> | undefined
  const refuse = (key: string, message: string): undefined => {
    problem ??= bad('stub_invalid', `stub of ${context.nodeName}: ${key}: ${message}`)
    return undefined
  }
  const text = (key: string, value: StubText | undefined): string | undefined => {
    if (value === undefined) return undefined
    if (typeof value !== 'string' || !value.includes('{{')) return String(value)
    const filled = renderTemplate(compileTemplate(value), scopeOfVariables(variablesOf(context)), { allowUnresolved: true, nowMs: context.at, random: random.bytes })
    return filled.ok ? filled.value : refuse(key, filled.error.message)
  }
  return {
    text,
    number(key, value) {
      const read = text(key, value)
      if (read === undefined) return undefined
      return /^-?\d{1,9}$/.test(read) ? Number(read) : refuse(key, `${JSON.stringify(read)} is not a whole number`)
    },
    duration(key, value) {
      const read = text(key, value)
      if (read === undefined) return undefined
      return durationMs(read) ?? refuse(key, `${JSON.stringify(read)} is not a duration such as 90s or 1h30m`)
    },
    problem: () => problem,
  }
}

function variablesOf(context: StubContext): ReadonlyMap<string, Value> {
  const variables = new Map<string, Value>([
    ['node.name', context.nodeName],
    ['workflow.name', context.workflowName],
    ['attempt', String(attemptOf(context.nodeName))],
  ])
  for (const { name, value } of context.inputs?.parameters ?? []) if (value !== undefined) variables.set(`inputs.parameters.${name}`, value)
  return variables
}
