// Owns what others use of jq: compile a program once, run it on JSON, get its outputs or their text.
import { type Json, type Result, bad, goJson, ok } from '@tiphys/core/kube'
import { isStop, stop } from '../golang/failure.ts'
import { JQ_SIZE_MAX, JQ_STEPS_MAX, charge, grow } from './budget.ts'
import { compile } from './compile.ts'
import { type Code, type Machine, OUTPUT, type Step, nextOutput } from './machine.ts'
import { parseProgram } from './parse.ts'
import { type JqObject, type JqValue, isArray, isObject, isRaised, jsonText, preview } from './value.ts'

/** A program that has been read. It may run any number of times. */
export type JqProgram = { readonly code: Code }

export type JqOptions = {
  /** Unix time in milliseconds for `now`, which fails without it. */
  readonly nowMs?: number | undefined
  /** How much the program may do, in steps of about one operation. */
  readonly stepsMax?: number | undefined
}

const HINT = 'see the manual of jq; functions that read input or the environment are not available'

/** Reads a jq program. */
export function compileJq(text: string): Result<JqProgram> {
  try {
    return ok({ code: compile(parseProgram(text), null) })
  } catch (e) {
    if (isStop(e)) return bad('jq_syntax', e.message, HINT)
    throw e
  }
}

/** Runs a program on a value and gives all its outputs. */
export function runJq(program: JqProgram, input: Json, options: JqOptions = {}): Result<JqValue[]> {
  const machine: Machine = { steps: options.stepsMax ?? JQ_STEPS_MAX, size: JQ_SIZE_MAX, forks: [], output: null, nowMs: options.nowMs }
  const outputs: JqValue[] = []
  const start = (): Step => program.code(machine, { env: null, value: input, path: null }, (value) => {
    machine.output = value
    return OUTPUT
  })
  try {
    for (let output = nextOutput(machine, start); output !== undefined; output = nextOutput(machine, null)) {
      weigh(machine, output)
      outputs.push(output)
    }
    return ok(outputs)
  } catch (e) {
    return problemOf(e, machine)
  }
}

const DEPTH_MAX = 1_000

/** Counts all of an output, in which one part may appear many times, and refuses what is too large or too deep for others. */
function weigh(machine: Machine, output: JqValue): void {
  const pending: Array<{ readonly value: JqValue; readonly depth: number }> = [{ value: output, depth: 0 }]
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const { value, depth } = at
    if (depth > DEPTH_MAX) throw stop('limit', 'the jq program builds too deep a value')
    grow(machine, typeof value === 'string' ? value.length : 1)
    if (typeof value !== 'object' || value === null) continue
    const items = isArray(value) ? value : Object.values(value as JqObject)
    charge(machine, 1 + items.length / 4)
    for (const item of items) pending.push({ value: item, depth: depth + 1 })
  }
}

function problemOf(e: unknown, machine: Machine): Result<never> {
  if (isRaised(e)) return bad('jq_failed', errorText(e.value, machine))
  if (isStop(e)) return bad(e.code === 'limit' ? 'jq_limit' : 'jq_failed', e.message)
  // Values nested deeper than the host's stack can follow.
  if (e instanceof RangeError) return bad('jq_limit', 'the jq program builds too deep a value')
  throw e
}

const ERROR_STEPS_MAX = 10_000

/** The text of an uncaught error. Any value can be an error. */
function errorText(value: JqValue, machine: Machine): string {
  if (typeof value === 'string') return value
  try {
    return `error: ${jsonText(value, { ...machine, steps: ERROR_STEPS_MAX })}`
  } catch (e) {
    if (isStop(e) || e instanceof RangeError) return `error: ${preview(value)}`
    throw e
  }
}

/** What a `jqFilter` gives for a value: the outputs on lines of their own, texts as they are. */
export function jqFilter(filter: string, input: Json, options: JqOptions = {}): Result<string> {
  const program = compileJq(filter)
  if (!program.ok) return program
  const outputs = runJq(program.value, input, options)
  if (!outputs.ok) return outputs
  const lines: string[] = []
  for (const output of outputs.value) {
    if (hasNoJson(output)) return bad('jq_failed', 'json: unsupported value')
    lines.push(typeof output === 'string' ? output : goJson(output))
  }
  return ok(lines.join('\n').trim())
}

/** Whether a value contains a number that JSON cannot hold. */
function hasNoJson(value: JqValue): boolean {
  const pending: JqValue[] = [value]
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (typeof at === 'number' && !Number.isFinite(at)) return true
    if (isArray(at)) for (const item of at) pending.push(item)
    else if (isObject(at)) for (const item of Object.values(at)) pending.push(item)
  }
  return false
}
