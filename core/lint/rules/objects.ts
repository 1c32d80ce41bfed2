// Owns rules for an object as a whole: its version, name, labels, what starts it, and what nothing reaches.
import { dnsLabelProblems, dnsSubdomainProblems, labelKeyProblems, labelValueProblems, parseCron } from '@tiphys/core/kube'
import { didYouMean, hasLocationOrKey, metricProblem, nearest, type JsonObject, type Template } from '@tiphys/core/spec'
import { findNamed, findTarget, type ObjectView, type TemplateView } from '../object-view.ts'
import { hasTag } from '../visit.ts'
import { checkHook } from './calls.ts'
import { checkUnique } from './pod-parts.ts'
import { firstProblem } from './struct-rule.ts'

const version = 'argoproj.io/v1alpha1'

export function checkObject(view: ObjectView): void {
  checkIdentity(view)
  checkLabels(view)
  checkStart(view)
  checkVolumes(view)
  checkArguments(view)
  checkReached(view)
  checkRepository(view)
  checkTimes(view)
  for (const [i, metric] of (view.spec.metrics?.prometheus ?? []).entries()) {
    const problem = metricProblem(metric, 'the')
    if (problem !== undefined) view.remarks.error('metric_invalid', [...view.specPath, 'metrics', 'prometheus', i], problem)
  }
}

function checkIdentity({ object, remarks }: ObjectView): void {
  const { apiVersion = '', metadata } = object
  if (apiVersion !== version) {
    const message = apiVersion === '' ? 'the object has no apiVersion' : `"${apiVersion}" is not the version of this kind`
    remarks.error('api_version', ['apiVersion'], message, `write apiVersion: ${version}`)
  }
  const { name = '', generateName = '', namespace = '' } = metadata
  if (name === '' && generateName === '') remarks.warning('name_missing', ['metadata'], 'the object has no name', 'add metadata.name or metadata.generateName')
  checkName(name, 'name', remarks)
  // A random ending follows, so the name may stop in the middle.
  checkName(generateName === '' ? '' : `${generateName}x`, 'generateName', remarks)
  const problem = namespace === '' ? undefined : firstProblem(dnsLabelProblems(namespace))
  if (problem !== undefined) remarks.error('name_invalid', ['metadata', 'namespace'], `"${namespace}" cannot be a namespace: ${problem}`)
  if ('status' in object && object.status !== undefined && Object.keys(object.status).length > 0) {
    remarks.warning('status_given', ['status'], 'the engine writes status; what stands here is taken for the progress of a run', 'remove it')
  }
}

function checkName(name: string, field: string, remarks: ObjectView['remarks']): void {
  if (name === '' || hasTag(name)) return
  const problem = firstProblem(dnsSubdomainProblems(name))
  if (problem !== undefined) remarks.error('name_invalid', ['metadata', field], `"${name.replace(/x$/, field === 'name' ? 'x' : '')}" cannot be the name of an object: ${problem}`)
}

function checkLabels({ object, remarks, spec, specPath }: ObjectView): void {
  const sets = [
    { labels: object.metadata.labels, path: ['metadata', 'labels'] },
    { labels: spec.podMetadata?.labels, path: [...specPath, 'podMetadata', 'labels'] },
    { labels: spec.workflowMetadata?.labels, path: [...specPath, 'workflowMetadata', 'labels'] },
  ]
  for (const { labels, path } of sets) {
    for (const [key, value] of Object.entries(labels ?? {})) {
      if (hasTag(key) || hasTag(value)) continue
      const problem = firstProblem(labelKeyProblems(key)) ?? firstProblem(labelValueProblems(value))
      if (problem !== undefined) remarks.warning('label_invalid', [...path, key], `the label ${key}: ${JSON.stringify(value)} is not valid: ${problem}`)
    }
  }
  for (const key of Object.keys(object.metadata.annotations ?? {})) {
    const problem = firstProblem(labelKeyProblems(key.toLowerCase()))
    if (problem !== undefined) remarks.warning('annotation_invalid', ['metadata', 'annotations', key], `"${key}" cannot be the key of an annotation: ${problem}`)
  }
}

function checkStart(view: ObjectView): void {
  const { spec, specPath, remarks } = view
  for (const field of ['entrypoint', 'onExit'] as const) {
    const name = spec[field] ?? ''
    if (name === '' || hasTag(name)) continue
    const target = findNamed(view, name)
    if (!target.known && target.missing) remarks.error('template_unknown', [...specPath, field], `${target.what} is not defined`, didYouMean(name, target.names) ?? `the templates are ${target.names.join(', ')}`)
  }
  for (const [name, hook] of Object.entries(spec.hooks ?? {})) {
    checkHook(view, { hook, path: [...specPath, 'hooks', name], isExit: name === 'exit', inherited: spec.arguments })
  }
  if (spec.hooks?.['exit'] !== undefined && (spec.onExit ?? '') !== '') {
    remarks.warning('choose_one', [...specPath, 'onExit'], 'onExit wins over hooks.exit', 'remove one of them')
  }
}

function checkVolumes({ spec, specPath, remarks }: ObjectView): void {
  checkUnique(spec.volumes as unknown as readonly JsonObject[] | undefined, 'volumes', { path: [...specPath, 'volumes'], remarks })
  const claims = (spec.volumeClaimTemplates ?? []).map((c) => ({ name: c.metadata?.name ?? '' }))
  checkUnique(claims, 'volume claims', { path: [...specPath, 'volumeClaimTemplates'], remarks })
  const unnamed = claims.findIndex((c) => c.name === '')
  if (unnamed >= 0) remarks.error('name_missing', [...specPath, 'volumeClaimTemplates', unnamed], 'the volume claim has no name')
}

/** Parameters of the workflow: whoever submits it has to give those without a value; those that nothing reads are noise. */
function checkArguments(view: ObjectView): void {
  const { spec, specPath, remarks } = view
  const parameters = spec.arguments?.parameters ?? []
  if (parameters.length === 0) return
  const entry = spec.entrypoint === undefined ? undefined : view.templates.get(spec.entrypoint)?.template
  const text = JSON.stringify({ ...spec, arguments: { ...spec.arguments, parameters: parameters.map(({ name: _name, ...rest }) => rest) } })
  const readsAll = /workflow\.parameters[^.[\w]|workflow\[|toJson\(workflow/.test(text)
  for (const [i, { name, value, valueFrom }] of parameters.entries()) {
    const at = [...specPath, 'arguments', 'parameters', i]
    if (value === undefined && valueFrom === undefined && !view.shared) {
      remarks.warning('value_missing', at, `parameter "${name}" has no value, so it has to be given when the workflow is submitted`)
    }
    if (value !== undefined && valueFrom !== undefined) remarks.warning('choose_one', at, `parameter "${name}" has both value and valueFrom; value is used`)
    const passed = (entry?.inputs?.parameters ?? []).some((p) => p.name === name)
    const elsewhere = spec.workflowTemplateRef !== undefined || view.shared || callsOthers(view)
    if (passed || readsAll || elsewhere || text.includes(`parameters.${name}`) || text.includes(`parameters['${name}']`)) continue
    remarks.warning('parameter_unused', at, `nothing reads the parameter "${name}"`)
  }
}

/** Templates of other objects may read the parameters of the workflow that uses them. */
function callsOthers(view: ObjectView): boolean {
  return view.all.some((t) => t.calls.some((c) => c.call.templateRef !== undefined))
}

function checkReached(view: ObjectView): void {
  const { spec, remarks } = view
  if (view.shared || (spec.templates ?? []).length === 0) return
  const reached = new Set<Template>()
  const pending: Template[] = []
  const reach = (template: Template | undefined): void => {
    if (template === undefined || reached.has(template)) return
    reached.add(template)
    pending.push(template)
  }
  // A misspelt name stands for the one that it is close to: the mistake is told where it is made.
  const named = (name = ''): void => reach(view.templates.get(view.templates.has(name) ? name : (nearest(name, view.templates.keys()) ?? ''))?.template)
  const { entrypoint = '', onExit, hooks } = spec
  if (!view.templates.has(entrypoint) && nearest(entrypoint, view.templates.keys()) === undefined) return
  named(entrypoint)
  named(onExit)
  for (const hook of Object.values(hooks ?? {})) named(hook.template)
  const views = new Map(view.all.map((t) => [t.template, t]))
  for (let template = pending.pop(); template !== undefined; template = pending.pop()) {
    // What a template would call that has lost its steps or its type cannot be told.
    if (isHollow(views.get(template))) return
    for (const { call } of views.get(template)?.calls ?? []) {
      // A name that only a run knows may mean any template.
      if (hasTag(call.template) || hasTag(call.templateRef?.template)) return
      const target = findTarget(view, call)
      if (target.known) reach(target.template)
      else named(call.template)
      named(call.onExit)
      for (const hook of Object.values(call.hooks ?? {})) named(hook.template)
    }
  }
  for (const { template, path } of view.templates.values()) {
    if (!reached.has(template)) remarks.warning('template_unused', path, `nothing calls template "${template.name ?? ''}"`)
  }
}

function isHollow(view: TemplateView | undefined): boolean {
  return view !== undefined && view.calls.length === 0 && (view.type === undefined || view.type === 'steps' || view.type === 'dag')
}

/** Artifacts that do not say where they live need a repository, which lint cannot see. */
function checkRepository(view: ObjectView): void {
  const { spec, remarks } = view
  if (spec.artifactRepositoryRef !== undefined || view.shared) return
  for (const { template, path } of view.all) {
    if (template.archiveLocation !== undefined || spec.templateDefaults?.archiveLocation !== undefined) continue
    if (template.steps !== undefined || template.dag !== undefined) continue
    for (const [i, artifact] of (template.outputs?.artifacts ?? []).entries()) {
      if (hasLocationOrKey(artifact)) continue
      const message = `artifact "${artifact.name}" does not say where it is kept, so the engine needs a default artifact repository`
      remarks.warning('artifact_repository', [...path, 'outputs', 'artifacts', i], message)
    }
  }
}

const century = 4_102_444_800_000

/** A schedule that names the 30th of February never fires. */
function checkTimes({ manifest, remarks }: ObjectView): void {
  if (manifest.kind !== 'CronWorkflow') return
  for (const [i, schedule] of (manifest.object.spec.schedules ?? []).entries()) {
    const parsed = parseCron(schedule, manifest.object.spec.timezone)
    if (parsed.ok && parsed.value.next(century) === undefined) remarks.error('schedule_never', ['spec', 'schedules', i], `the schedule "${schedule}" names no day that exists`)
  }
}
