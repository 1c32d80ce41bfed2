// The variables of the workflow as a whole: `workflow.name`, parameters, labels, times, status (VAR-1 … VAR-6).
import type { Arguments, Json, Parameter } from '@tiphys/core/spec'
import { goJson, rfc3339 } from '@tiphys/core/kube'
import type { Run, RunNode, UnixMs } from './model.ts'
import type { Catalog } from './world.ts'
import { parametersJson } from './scope.ts'
import { strftime, STRFTIME_LETTERS } from './strftime.ts'

type Filled = { readonly ok: true } | { readonly ok: false; readonly message: string }

/** Fills the table of a new run. Status and duration come later, as they change. */
export function fillGlobals(run: Run, catalog: Catalog): Filled {
  const { globals, metadata, spec } = run
  globals.set('workflow.name', run.name)
  globals.set('workflow.namespace', run.namespace)
  globals.set('workflow.mainEntrypoint', spec.entrypoint ?? '')
  globals.set('workflow.serviceAccountName', spec.serviceAccountName ?? '')
  globals.set('workflow.uid', run.uid)
  fillTimes(globals, run.createdAt)
  const scheduled = metadata.annotations?.['workflows.argoproj.io/scheduled-time']
  if (scheduled !== undefined) globals.set('workflow.scheduledTime', scheduled)
  if (spec.priority !== undefined) globals.set('workflow.priority', String(spec.priority))
  const filled = fillParameters(run, spec.arguments, catalog)
  if (!filled.ok) return filled
  for (const parameter of run.status.outputs?.parameters ?? []) {
    if (parameter.value !== undefined) globals.set(`workflow.outputs.parameters.${parameter.name}`, parameter.value)
  }
  fillMetadata(run)
  return { ok: true }
}

function fillTimes(globals: Map<string, string>, createdAt: UnixMs): void {
  const text = rfc3339(createdAt)
  globals.set('workflow.creationTimestamp', text)
  globals.set('workflow.creationTimestamp.RFC3339', text)
  globals.set('workflow.creationTimestamp.s', String(Math.floor(createdAt / 1000)))
  for (const letter of STRFTIME_LETTERS) globals.set(`workflow.creationTimestamp.${letter}`, strftime(letter, createdAt))
}

function fillParameters(run: Run, args: Arguments | undefined, catalog: Catalog): Filled {
  const json = parametersJson(args?.parameters)
  run.globals.set('workflow.parameters', json)
  run.globals.set('workflow.parameters.json', json)
  for (const parameter of args?.parameters ?? []) {
    const value = parameterValue(run, parameter, catalog)
    if (!value.ok) return value
    run.globals.set(`workflow.parameters.${parameter.name}`, value.value)
  }
  return { ok: true }
}

function parameterValue(run: Run, parameter: Parameter, catalog: Catalog): { ok: true; value: string } | { ok: false; message: string } {
  if (parameter.value !== undefined) return { ok: true, value: parameter.value }
  const ref = parameter.valueFrom?.configMapKeyRef
  if (ref === undefined) return { ok: false, message: `either value or valueFrom must be specified in order to set global parameter ${parameter.name}` }
  const name = ref.name ?? ''
  const map = catalog.configMap(run.namespace, name)
  const value = map?.data?.[ref.key] ?? parameter.valueFrom?.default
  if (value !== undefined) return { ok: true, value }
  const reason = map === undefined ? `configmap ${name} not found` : `ConfigMap '${name}' does not have the key '${ref.key}'`
  return { ok: false, message: `failed to set global parameter ${parameter.name} from configmap with name ${name} and key ${ref.key}: ${reason}` }
}

function fillMetadata(run: Run): void {
  const { globals, metadata } = run
  const added = run.spec.workflowMetadata
  const annotations = goJson((metadata.annotations ?? null) as Json)
  const labels = goJson((metadata.labels ?? null) as Json)
  for (const name of ['workflow.annotations', 'workflow.annotations.json']) globals.set(name, annotations)
  for (const name of ['workflow.labels', 'workflow.labels.json']) globals.set(name, labels)
  const computed = new Set(Object.keys(added?.labelsFrom ?? {}))
  for (const [key, value] of Object.entries({ ...metadata.annotations, ...added?.annotations })) globals.set(`workflow.annotations.${key}`, value)
  for (const [key, value] of Object.entries({ ...metadata.labels, ...added?.labels })) {
    if (!computed.has(key)) globals.set(`workflow.labels.${key}`, value)
  }
}

/** The failed nodes, as exit handlers get them: JSON, quoted once more (VAR-5). Those of the handler itself are not among them. */
export function failuresOf(run: Run, { but, podNameOf }: { readonly but: string; readonly podNameOf: (node: RunNode) => string }): string {
  const failures = []
  for (const node of run.nodes.values()) {
    if (node.name.startsWith(but)) continue
    if (node.phase !== 'Failed' && node.phase !== 'Error') continue
    failures.push({
      displayName: node.displayName, message: node.message ?? '', templateName: node.templateRef?.template ?? node.templateName ?? '', phase: node.phase,
      podName: podNameOf(node), finishedAt: node.finishedAt === undefined ? null : rfc3339(node.finishedAt),
    })
  }
  return JSON.stringify(failures.length === 0 ? 'null' : JSON.stringify(failures))
}
