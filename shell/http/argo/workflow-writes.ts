// Owns making workflows by the Argo REST API: from a manifest, from a template, from one that was there before; and judging them.
import { asManaged } from '@tiphys/core/controllers'
import { applySubmitOptions, labelCreator, overrideTemplateArtifacts, parseArtifactOverrides, resubmitWorkflow } from '@tiphys/core/engine'
import { argoObject, callerFailure, grpcFailure, resourceOfKind, storedTemplatesOf, textAt, uploadedKeyProblem, valueAt } from '@tiphys/core/api'
import { type Json, type JsonObject, type Problem, type Result, isJsonArray, isJsonObject, rfc3339 } from '@tiphys/core/kube'
import { type CronWorkflow, type ValidateOptions, type Workflow, type WorkflowSpec, validateWorkflow, workflowSchema } from '@tiphys/core/spec'
import type { StoredObject } from '@tiphys/shell/ports'
import { personOf } from './access.ts'
import { type ArgoAnswer, answered, refusedAs, refusedWith } from './answer.ts'
import { inRepository } from './artifact-place.ts'
import { invalidFailure } from './kinds.ts'
import { type Got, admitNew, createObject, getObject, got, lost, nameOf, plain } from './objects.ts'
import type { ArgoCall, ArgoOperationHandler, ArgoServices } from './services.ts'
import { WORKFLOWS, findAnywhere, workflowFailure } from './workflow-find.ts'


export function shownWorkflow(workflow: Workflow | StoredObject): ArgoAnswer {
  return answered(argoObject(workflowSchema, workflow as unknown as JsonObject))
}

/** Mistakes of people that the reference takes for failures of its own. */
const ITS_OWN: ReadonlySet<string> = new Set(['parameter_invalid', 'labels_invalid', 'output_missing', 'selector_missing', 'node_unmatched', 'output_unknown', 'output_fixed', 'workflow_completed'])

/** What a problem of a person's request becomes. */
export function problemAnswer({ code, message }: Pick<Problem, 'code' | 'message'>): ArgoAnswer {
  return refusedWith(ITS_OWN.has(code) ? callerFailure('internal', message) : grpcFailure('invalidArgument', message))
}

const textOf = (body: Json | undefined, ...path: readonly string[]): string => (isJsonObject(body) ? textAt(body, path) : '')
const namespaceOf = ({ parameters }: ArgoCall): string => parameters['namespace'] ?? ''

function manifestOf({ body, caller }: ArgoCall, { instanceId }: ArgoServices): Workflow | undefined {
  const given = body['workflow']
  if (!isJsonObject(given)) return undefined
  const workflow = { ...given, apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow' } as unknown as Workflow
  return { ...workflow, metadata: labelCreator(asManaged(workflow.metadata, instanceId?.() ?? ''), personOf(caller)) }
}

interface Judged {
  readonly workflow: Workflow
  /** Copies of the templates that it calls, which clients are shown. */
  readonly shown: Workflow
}

function judge({ templates, workflowDefaults }: ArgoServices, workflow: Workflow, options: Pick<ValidateOptions, 'purpose' | 'namespace'>): Got<Judged> {
  const wrong = validateWorkflow(workflow, { ...options, catalog: templates, defaults: workflowDefaults() })
  if (wrong !== undefined) return lost(invalidFailure(wrong))
  const named = { ...workflow, metadata: { ...workflow.metadata, namespace: workflow.metadata.namespace || options.namespace } }
  const storedTemplates = storedTemplatesOf(named, templates)
  return got({ workflow, shown: Object.keys(storedTemplates).length === 0 ? workflow : { ...workflow, status: { ...workflow.status, storedTemplates } } })
}

export const lintWorkflow: ArgoOperationHandler = async (call, services) => {
  const workflow = manifestOf(call, services)
  if (workflow === undefined) return refusedWith(callerFailure('unknown', 'unable to get a workflow'))
  const judged = judge(services, workflow, { purpose: 'lint', namespace: workflow.metadata.namespace })
  if (judged.ok) return shownWorkflow(judged.value.shown)
  // What is not there is told as such; all else has no code of its own.
  return refusedWith(judged.failure.code === 'notFound' ? judged.failure : callerFailure('unknown', judged.failure.message))
}

export const createWorkflow: ArgoOperationHandler = async (call, services) => {
  const given = manifestOf(call, services)
  if (given === undefined) return refusedAs('invalidArgument', 'workflow body not specified')
  const namespace = namespaceOf(call)
  const workflow = { ...given, metadata: { ...given.metadata, namespace: given.metadata.namespace || namespace } }
  const judged = judge(services, workflow, { purpose: 'create', namespace: workflow.metadata.namespace })
  if (!judged.ok) return refusedWith(judged.failure)
  const dryRun = valueAt(call.body, ['createOptions', 'dryRun'])
  if (isJsonArray(dryRun) && dryRun.length > 0) return shownWorkflow(judged.value.shown)
  if (call.body['serverDryRun'] === true) return dryRunOnServer(services, judged.value, workflow.metadata.namespace ?? '')
  return begin(services, judged.value, namespace)
}

/** As if it were created: it has a name and a uid, but nothing was stored. */
async function dryRunOnServer(services: ArgoServices, { workflow, shown }: Judged, namespace: string): Promise<ArgoAnswer> {
  const made = await createObject(services, { resource: WORKFLOWS, namespace }, workflow as unknown as JsonObject, true)
  if (!made.ok) return refusedWith(made.failure)
  const { resourceVersion: _, ...metadata } = made.value.metadata
  return shownWorkflow({ ...shown, metadata } as unknown as Workflow)
}

async function begin(services: ArgoServices, { workflow, shown }: Judged, namespace: string): Promise<ArgoAnswer> {
  const admitted = await admitNew(services, { resource: WORKFLOWS, namespace }, workflow as unknown as JsonObject)
  if (!admitted.ok) return refusedWith(admitted.failure)
  const { storedTemplates } = shown.status ?? {}
  const taken = storedTemplates === undefined ? admitted.value : { ...admitted.value, status: { ...workflow.status, storedTemplates } }
  const made = await services.workflows.submit(taken, false)
  if (!made.ok) return refusedWith(workflowFailure(made.problem, admitted.value.metadata.name ?? ''))
  return shownWorkflow({ ...plain(made.value), ...(shown.status !== undefined && { status: shown.status }) } as unknown as Workflow)
}

const KINDS: Readonly<Record<string, 'cron' | 'template' | 'cluster'>> = Object.fromEntries([
  ...['CronWorkflow', 'cronworkflow', 'cronworkflows', 'cronwf'].map((name) => [name, 'cron']),
  ...['WorkflowTemplate', 'workflowtemplate', 'workflowtemplates', 'wftmpl'].map((name) => [name, 'template']),
  ...['ClusterWorkflowTemplate', 'clusterworkflowtemplate', 'clusterworkflowtemplates', 'cwftmpl'].map((name) => [name, 'cluster']),
]) as Readonly<Record<string, 'cron' | 'template' | 'cluster'>>

export const submitWorkflow: ArgoOperationHandler = async (call, services) => {
  const { body } = call
  const asked = textOf(body, 'resourceKind')
  const kind = Object.hasOwn(KINDS, asked) ? KINDS[asked] : undefined
  if (kind === undefined) return refusedAs('invalidArgument', `Resource kind '${asked}' is not supported for submitting`)
  const base = await baseOf(services, call, kind)
  if (!base.ok) return refusedWith(base.failure)
  const options = isJsonObject(body['submitOptions']) ? body['submitOptions'] : {}
  const own = { ...base.value, metadata: asManaged(base.value.metadata, services.instanceId?.() ?? '') }
  const applied = applied1(services, own, { call, options })
  if (!applied.ok) return problemAnswer(applied.problem)
  const judged = judge(services, applied.value, { purpose: 'submit', namespace: namespaceOf(call) })
  if (!judged.ok) return refusedWith(judged.failure)
  if (options['dryRun'] === true) return shownWorkflow(judged.value.shown)
  return options['serverDryRun'] === true ? dryRunOnServer(services, judged.value, namespaceOf(call)) : begin(services, judged.value, namespaceOf(call))
}

/** The workflow that a template or a cron workflow stands for, before anything is said about it. */
async function baseOf(services: ArgoServices, call: ArgoCall, kind: 'cron' | 'template' | 'cluster'): Promise<Got<Workflow>> {
  const name = textOf(call.body, 'resourceName')
  if (kind === 'cron') {
    const found = await getObject(services, { resource: resourceOfKind('CronWorkflow'), namespace: namespaceOf(call) }, name)
    return found.ok ? got(fromCron(found.value as unknown as CronWorkflow, services.now())) : found
  }
  const label = kind === 'cluster' ? 'workflows.argoproj.io/cluster-workflow-template' : 'workflows.argoproj.io/workflow-template'
  const metadata = labelCreator({ generateName: `${name}-`, labels: { [label]: name } }, personOf(call.caller))
  const spec = { workflowTemplateRef: { name, ...(kind === 'cluster' && { clusterScope: true }) } } as WorkflowSpec
  return got({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata, spec } as Workflow)
}

function fromCron({ metadata, spec }: CronWorkflow, now: number): Workflow {
  const { labels = {}, annotations = {}, finalizers } = spec.workflowMetadata ?? {}
  const instance = metadata.labels?.['workflows.argoproj.io/controller-instanceid']
  return {
    apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', spec: spec.workflowSpec,
    metadata: {
      generateName: `${metadata.name ?? ''}-`,
      labels: { ...(instance !== undefined && { 'workflows.argoproj.io/controller-instanceid': instance }), 'workflows.argoproj.io/cron-workflow': metadata.name ?? '', ...labels },
      annotations: { 'workflows.argoproj.io/scheduled-time': rfc3339(now), ...annotations }, finalizers,
      ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'CronWorkflow', name: metadata.name ?? '', uid: metadata.uid ?? '', controller: true, blockOwnerDeletion: true }],
    },
  } as Workflow
}

interface Submission {
  readonly call: ArgoCall
  readonly options: JsonObject
}

function applied1(services: ArgoServices, base: Workflow, { call, options }: Submission): Result<Workflow> {
  const list = (name: string): readonly string[] => (isJsonArray(options[name]) ? options[name].filter((item) => typeof item === 'string') : [])
  const artifacts = list('artifacts')
  const keys = parseArtifactOverrides(artifacts)
  if (!keys.ok) return keys
  const owner = options['ownerReference']
  const applied = applySubmitOptions(base, {
    name: textOf(options, 'name'), generateName: textOf(options, 'generateName'), entrypoint: textOf(options, 'entryPoint'), parameters: list('parameters'), artifacts,
    serviceAccount: textOf(options, 'serviceAccount'), labels: textOf(options, 'labels'), annotations: textOf(options, 'annotations'),
    podPriorityClassName: textOf(options, 'podPriorityClassName'), priority: typeof options['priority'] === 'number' ? options['priority'] : undefined,
    ownerReference: isJsonObject(owner) ? (owner as unknown as NonNullable<Workflow['metadata']['ownerReferences']>[number]) : undefined,
  })
  const ref = base.spec.workflowTemplateRef
  if (!applied.ok || ref === undefined || artifacts.length === 0) return applied
  const { templates } = services
  const source = ref.clusterScope === true ? templates.clusterWorkflowTemplate(ref.name ?? '') : templates.workflowTemplate(namespaceOf(call), ref.name ?? '')
  const changed = overrideTemplateArtifacts((source?.spec.arguments?.artifacts ?? []).map(inRepository), keys.value)
  if (!changed.ok) return changed
  for (const [name, key] of keys.value) {
    const problem = uploadedKeyProblem(namespaceOf(call), key)
    if (problem !== undefined) return { ok: false, problem: { code: 'artifact_key', message: `invalid artifact key override for ${name}: ${problem}` } }
  }
  const { spec } = applied.value
  return { ok: true, value: { ...applied.value, spec: { ...spec, arguments: { ...spec.arguments, artifacts: [...(spec.arguments?.artifacts ?? []), ...changed.value] } } } }
}

/** The archive will do: what is gone can be run again. */
export const resubmit: ArgoOperationHandler = async (call, services) => {
  const found = await findAnywhere(services, { namespace: namespaceOf(call), name: nameOf(call) })
  return found.ok ? resubmitted(found.value, call, services) : refusedWith(found.failure)
}

export async function resubmitted(workflow: Workflow, call: ArgoCall, services: ArgoServices): Promise<ArgoAnswer> {
  const { body, caller } = call
  const parameters = isJsonArray(body['parameters']) ? body['parameters'].filter((item) => typeof item === 'string') : []
  const made = resubmitWorkflow(workflow, { memoized: body['memoized'] === true, parameters, suffix: services.newSuffix(), at: services.now() })
  if (!made.ok) return problemAnswer(made.problem)
  const namespace = workflow.metadata.namespace ?? ''
  const fresh = { ...made.value, apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: labelCreator(made.value.metadata, personOf(caller)) } as Workflow
  const judged = judge(services, fresh, { purpose: 'submit', namespace })
  return judged.ok ? begin(services, judged.value, namespace) : refusedWith(judged.failure)
}

