// Owns `tiphys eval`: what one text of a manifest means, or many.
import { randomBytes } from 'node:crypto'
import type { CaseAnswer, Facilities } from '@tiphys/core/expr'
import { type Json, isObject, readDocuments } from '@tiphys/core/spec'
import { sprigOfHost } from '@tiphys/shell/adapters/sprig'
import type { Flags, Invocation, Outcome } from '../flags/index.ts'
import { type Evaluation, type EvaluationKind, answerEvaluation } from '../evaluate/answer.ts'
import { answerLine } from '../evaluate/cases.ts'
import { readDocument } from '../local/document.ts'
import { findingsText, readSource } from '../local/input.ts'
import { toJson } from '../print/index.ts'

export async function run(invocation: Invocation): Promise<Outcome> {
  const { flags, streams } = invocation
  if (flags.given('cases')) return answerCases(invocation)
  const env = await readEnv(flags)
  if (!env.ok) {
    streams.stderr(env.text)
    return { exit: 1 }
  }
  const evaluation = evaluationOf(invocation.args[0] ?? '', flags, env.value)
  if (evaluation.kind === 'podName' && !('template' in evaluation) && !(isObject(evaluation.in as Json) && Object.hasOwn(evaluation.in as object, 'template'))) {
    return { error: "the name of a pod depends on its template: give '{workflow: NAME, node: NAME, template: NAME}'" }
  }
  const answer = answerEvaluation(evaluation, facilities())
  if (flags.text('output') === 'json') streams.stdout(`${JSON.stringify(answer)}\n`)
  else if (answer.error === undefined) streams.stdout(`${shown(answer)}\n${answer.type === undefined ? '' : `type: ${answer.type}\n`}`)
  if (answer.error === undefined) return { exit: 0 }
  return flags.text('output') === 'json' ? { exit: 1 } : { error: answer.error + scopeText(evaluation, env.value) }
}

/** Kinds that read variables. */
const SCOPED: ReadonlySet<EvaluationKind> = new Set<EvaluationKind>(['expr', 'bool', 'template'])
const NAMES_MAX = 30

/** The names that an expression could have used. */
function scopeText({ kind }: Evaluation, env: Json): string {
  if (!SCOPED.has(kind)) return ''
  const names = Object.keys(flattened(env)).toSorted()
  if (names.length === 0) return '\n  in scope: no variables; --env FILE gives them'
  return `\n  in scope: ${names.slice(0, NAMES_MAX).join(', ')}${names.length > NAMES_MAX ? ` and ${names.length - NAMES_MAX} more` : ''}`
}

const facilities = (): Facilities => ({ nowMs: Date.now(), random: (length) => randomBytes(length), sprig: sprigOfHost })

/** Text as it is, all else as JSON. */
function shown({ out, json }: CaseAnswer): string {
  if (typeof out === 'string') return out
  return json ?? (typeof out === 'object' && out !== null ? toJson(out as Json, 2) : String(out))
}

async function answerCases({ flags, streams }: Invocation): Promise<Outcome> {
  const text = await readSource(flags.text('cases'))
  if (!text.ok) return { error: text.message }
  const surroundings = facilities()
  for (const line of text.text.split('\n')) {
    const answer = answerLine(line, surroundings)
    if (answer !== undefined) streams.stdout(`${answer}\n`)
  }
  return { exit: 0 }
}

type Env = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly text: string }

async function readEnv(flags: Flags): Promise<Env> {
  const file = flags.text('env')
  if (file === '') return { ok: true, value: {} }
  const document = await readDocument(file)
  if (!document.ok) return { ok: false, text: findingsText(document.findings) }
  if (document.value !== null && !isObject(document.value)) return { ok: false, text: `${file}: variables are a mapping of names to values\n` }
  return { ok: true, value: document.value ?? {} }
}

/** These kinds take an object or a list, which may be written as YAML on the command line. */
const STRUCTURED: ReadonlySet<EvaluationKind> = new Set<EvaluationKind>(['sequence', 'items', 'nodeId', 'podName'])

function evaluationOf(text: string, flags: Flags, env: Json): Evaluation {
  const kind = (flags.text('kind') || (text.includes('{{') ? 'template' : 'expr')) as EvaluationKind
  if (kind === 'expr' || kind === 'bool') return { kind, in: text, env }
  if (kind === 'template') return { kind, in: text, vars: flattened(env) }
  const [document] = STRUCTURED.has(kind) ? readDocuments(text) : []
  const given = document?.problem === undefined ? (document?.value ?? text) : text
  const named = (kind === 'nodeId' || kind === 'podName') && !isObject(given) ? { workflow: /^[^.([]*/.exec(text)?.[0] ?? '', node: text } : given
  return { ...(isObject(env) ? env : {}), kind, in: STRUCTURED.has(kind) ? named : text }
}

/** Variables of templates have dotted names: nested ones are named by their path, those with dots stay as they are. */
function flattened(env: Json): Readonly<Record<string, string | null>> {
  const vars: Record<string, string | null> = {}
  const work: [string, Json][] = isObject(env) ? Object.entries(env) : []
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const [name, value] = next
    if (isObject(value)) work.push(...Object.entries(value).map(([key, inner]): [string, Json] => [`${name}.${key}`, inner]))
    else vars[name] = value === null || typeof value === 'string' ? value : toJson(value, 0)
  }
  return vars
}
