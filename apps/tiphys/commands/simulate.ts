// Owns `tiphys simulate`: a manifest and stubs in, a finished workflow out, with nothing run.
import { type Assertions, type SimulationResult, type Stubs, checkAssertions, coverageOf, ganttSvg, ganttText, readAssertions, readStubs, simulate } from '@tiphys/core/simulate'
import { formatDuration, type Problem } from '@tiphys/core/kube'
import { workflowSchema, type Json, type Workflow } from '@tiphys/core/spec'
import { applySubmitOptions } from '@tiphys/core/engine'
import { repeatableSprig } from '@tiphys/shell/adapters/sprig'
import type { CatalogObject } from '@tiphys/shell/runtime'
import type { Flags, Invocation, Outcome } from '../flags/index.ts'
import { admissionFindings } from '../local/admission.ts'
import { readDocument } from '../local/document.ts'
import { type Finding, type Sourced, findingsText, readInput, readOne } from '../local/input.ts'
import { objectsOf } from '../local/prepare.ts'
import { NO_SETUP, catalogOf } from '../local/setup.ts'
import { ATTENDANCE, SIMULATED_CONFIG } from '../local/engine-config.ts'
import { describeWorkflow, objectText, utcClock } from '../print/index.ts'
import { lookFor } from '../terminal/index.ts'

const BAD_USAGE = 2

export async function run(invocation: Invocation): Promise<Outcome> {
  const { flags, streams, args } = invocation
  const read = await readAll(args[0] ?? '-', flags)
  if (!read.ok) {
    streams.stderr(findingsText(read.findings))
    return { exit: BAD_USAGE }
  }
  const { workflow, objects, stubs, assertions } = read
  const result = simulate(workflow, stubs, {
    with: objects, attendance: ATTENDANCE, config: SIMULATED_CONFIG, sprig: repeatableSprig, seed: flags.text('seed'), name: flags.text('name') || undefined, namespace: flags.text('namespace') || undefined,
  })
  print(invocation, result, objects)
  const failures = checkAssertions(result, assertions)
  tell(invocation, result, failures)
  return { exit: failures.length + result.problems.length === 0 ? 0 : 1 }
}

type Read =
  | { readonly ok: true; readonly workflow: Workflow; readonly objects: readonly CatalogObject[]; readonly stubs: Stubs; readonly assertions: Assertions }
  | { readonly ok: false; readonly findings: readonly Finding[] }

async function readAll(file: string, flags: Flags): Promise<Read> {
  const [main, around] = [await readOne(file), await readInput(flags.list('with'))]
  const source = main.manifests.filter(({ manifest }) => manifest.kind === 'Workflow')[flags.number('index')]
  const findings = [...main.findings, ...around.findings]
  if (findings.length > 0) return { ok: false, findings }
  if (source === undefined) return refused(file, flags.number('index') === 0 ? 'there is no Workflow in it' : `there is no Workflow number ${flags.number('index')} in it`)
  const objects = [...objectsOf(main.manifests), ...objectsOf(around.manifests)]
  const workflow = admitted(source, objects, flags)
  if (!workflow.ok) return workflow
  const stubs = await readWith(flags.text('stubs'), (document) => rename(readStubs(document), 'stubs'))
  const assertions = await readWith(flags.text('assert'), (document) => rename(readAssertions(document), 'assertions'))
  if (!stubs.ok) return stubs
  return assertions.ok ? { ok: true, workflow: workflow.workflow, objects, stubs: stubs.value as Stubs, assertions: assertions.value as Assertions } : assertions
}

function refused(file: string, message: string, hint?: string): { readonly ok: false; readonly findings: readonly Finding[] } {
  return { ok: false, findings: [{ file, code: 'refused', message, line: 0, column: 0, ...(hint !== undefined && { hint }) }] }
}

function admitted(source: Sourced, objects: readonly CatalogObject[], flags: Flags): { readonly ok: true; readonly workflow: Workflow } | { readonly ok: false; readonly findings: readonly Finding[] } {
  const applied = applySubmitOptions(source.manifest.object as Workflow, { parameters: flags.list('parameter') })
  if (!applied.ok) return refused(source.file, applied.problem.message, applied.problem.hint)
  const workflow = applied.value
  const findings = admissionFindings(source, workflow, catalogOf({ ...NO_SETUP, objects }, workflow.metadata.namespace ?? 'default'))
  return findings.length > 0 ? { ok: false, findings } : { ok: true, workflow }
}

interface Reading { readonly value: unknown; readonly problems: readonly Problem[] }

const rename = <K extends string>(read: { readonly problems: readonly Problem[] } & { readonly [key in K]: unknown }, key: K): Reading => ({ value: read[key], problems: read.problems })

async function readWith(file: string, read: (document: Json) => Reading): Promise<{ readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly findings: readonly Finding[] }> {
  if (file === '') return { ok: true, value: read({}).value }
  const document = await readDocument(file)
  if (!document.ok) return document
  const { value, problems } = read(document.value)
  if (problems.length === 0) return { ok: true, value }
  return { ok: false, findings: problems.map(({ message, path, hint }) => document.place({ message, path: path ?? '', hint })) }
}

function print({ flags, streams }: Invocation, result: SimulationResult, objects: readonly CatalogObject[]): void {
  const { workflow, timeline, pods } = result
  const from = Date.parse(workflow.metadata.creationTimestamp ?? '')
  const span = { from, to: from + result.durationMs }
  switch (flags.text('output')) {
    case 'json':
    case 'yaml': return streams.stdout(objectText(workflowSchema, workflow, flags.text('output') as 'json' | 'yaml'))
    case 'timeline': return streams.stdout(ganttText(timeline, { ...span, width: process.stdout.columns }))
    case 'svg': return streams.stdout(ganttSvg(timeline, span))
    case 'pods': return streams.stdout(`${JSON.stringify(pods.map(({ node, template, podName, pod }) => ({ node, template, podName, pod })), undefined, 2)}\n`)
    case 'branches': return streams.stdout(`${JSON.stringify(coverageOf([workflow], objects), undefined, 2)}\n`)
    default: {
      const look = lookFor({ isTerminal: process.stdout.isTTY === true, env: streams.env, noColour: flags.bool('no-color'), noUtf8: flags.bool('no-utf8') })
      streams.stdout(describeWorkflow(workflow, { clock: utcClock(span.to), look }))
      streams.stdout(`\nsimulated ${formatDuration(BigInt(Math.max(0, result.durationMs)) * 1_000_000n)} in ${result.turns} turns, ${pods.length} ${pods.length === 1 ? 'pod' : 'pods'}\n`)
    }
  }
}

function tell({ streams }: Invocation, result: SimulationResult, failures: readonly Problem[]): void {
  for (const { message, hint } of result.problems) streams.stderr(`${message}${hint === undefined ? '' : `\n  hint: ${hint}`}\n`)
  for (const rule of result.unusedStubs) streams.stderr(`warning: no step matches ${rule} of the stubs\n`)
  for (const { path, message } of failures) streams.stderr(`assertion failed: ${path ?? ''}: ${message}\n`)
}
