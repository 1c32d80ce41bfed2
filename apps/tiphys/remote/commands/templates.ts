// Owns the commands `tiphys template` and `tiphys cluster-template`, which differ in the objects that they speak of.
import { formatLabelSelector, parseLabelSelector } from '@tiphys/core/kube'
import { type ClusterWorkflowTemplate, type WorkflowTemplate, clusterWorkflowTemplateSchema, workflowTemplateSchema } from '@tiphys/core/spec'
import type { Invocation, Outcome } from '../../flags/index.ts'
import { describeTemplate, objectText, templateTable } from '../../print/index.ts'
import type { Connection } from '../connection.ts'
import { Fatal, Mistake, during } from '../failure.ts'
import { datedLine } from '../go-log.ts'
import { lintCommand } from '../lint.ts'
import { objectsOfKind, readSources, sendable } from '../manifests.ts'
import { type Remote, clockNow, namespaceFor, tell, withServer } from '../remote.ts'
import { type ObjectService, clusterTemplateService, templateService } from '../services.ts'
import { withoutKind } from '../show.ts'

type Kind = 'WorkflowTemplate' | 'ClusterWorkflowTemplate'
type Template = WorkflowTemplate | ClusterWorkflowTemplate
type Verb = 'list' | 'get' | 'create' | 'update' | 'lint' | 'delete'
type Run = (invocation: Invocation) => Promise<Outcome>

interface Family {
  readonly kind: Kind
  readonly title: string
  readonly cluster: boolean
  readonly service: (connection: Connection) => ObjectService<Template>
}

const NAMESPACED: Family = { kind: 'WorkflowTemplate', title: 'workflow template', cluster: false, service: templateService }
const CLUSTER: Family = { kind: 'ClusterWorkflowTemplate', title: 'cluster workflow template', cluster: true, service: clusterTemplateService }

export const templateCommands: Readonly<Record<Verb, Run>> = commandsOf(NAMESPACED)
export const clusterTemplateCommands: Readonly<Record<Verb, Run>> = commandsOf(CLUSTER)

function commandsOf(family: Family): Readonly<Record<Verb, Run>> {
  const { kind } = family
  return {
    list: withServer((remote) => list(remote, family)),
    get: withServer((remote) => get(remote, family)),
    create: withServer((remote) => createAll(remote, family)),
    update: withServer((remote) => updateAll(remote, family)),
    lint: lintCommand([kind]),
    delete: withServer((remote) => removeAll(remote, family)),
  }
}

async function list(remote: Remote, { cluster, service }: Family): Promise<undefined> {
  const { flags, connection, server, print } = remote
  const everywhere = !cluster && flags.bool('all-namespaces')
  const labels = cluster ? '' : selectorOf(flags.text('selector'))
  const templates = await service(connection).list(everywhere ? '' : (server.namespace ?? ''), labels)
  if (flags.text('output') === 'name') print(templates.map(({ metadata }) => `${metadata.name ?? ''}\n`).join(''))
  else print(templateTable(templates, { namespace: everywhere }))
  return undefined
}

export function selectorOf(text: string): string {
  const parsed = parseLabelSelector(text)
  if (!parsed.ok) throw new Mistake(parsed.problem.message)
  return formatLabelSelector(parsed.value)
}

async function get(remote: Remote, family: Family): Promise<undefined> {
  for (const name of remote.args) show(remote, family, await family.service(remote.connection).get(namespaceFor(remote), name))
  return undefined
}

function show({ flags, print }: Remote, { kind, cluster }: Family, template: Template): void {
  const output = flags.text('output')
  if (output === 'name') return print(`${template.metadata.name ?? ''}\n`)
  if (output === 'json' || output === 'yaml') return print(objectText(kind === 'WorkflowTemplate' ? workflowTemplateSchema : clusterWorkflowTemplateSchema, withoutKind(template), output))
  print(describeTemplate(template, { clock: clockNow(), cluster }))
}

async function templatesIn(remote: Remote, { kind, title }: Family): Promise<readonly Template[]> {
  const { args, flags, streams } = remote
  const refuse = (message: string): Error => ending(remote, `Failed to parse ${title}: ${message}`)
  const texts = await readSources(args, streams).catch((error: unknown) => {
    throw error instanceof Mistake ? ending(remote, error.message) : error
  })
  const found = texts.flatMap((text) => objectsOfKind(text, kind, { strict: flags.bool('strict'), argo: remote.argo, tell: (entry) => tell(remote, entry), refuse }))
  if (found.length === 0) throw ending(remote, `No ${title} found in given files`)
  return found.map(({ object }) => object)
}

/** The reference ends with a dated line here, and not with an error as elsewhere. */
export function ending({ argo }: Remote, message: string): Error {
  return argo ? new Fatal(datedLine(Date.now(), message)) : new Mistake(message)
}

async function createAll(remote: Remote, family: Family): Promise<undefined> {
  const { kind, title, cluster, service } = family
  for (const template of await templatesIn(remote, family)) {
    const placed = cluster ? template : inNamespace(remote, template)
    const what = `failed to create ${title}${cluster ? `: ${template.metadata.name ?? ''}` : ''}`
    show(remote, family, await during(what, service(remote.connection).create(placed.metadata.namespace ?? '', sendable(kind, placed)), jointOf(family)))
  }
  return undefined
}

/** How the reference joins what it tried and what went wrong. */
function jointOf({ cluster }: Family): string {
  return cluster ? ',  ' : ': '
}

export function inNamespace<T extends { readonly metadata: { readonly namespace?: string | undefined } }>(remote: Remote, object: T): T {
  return { ...object, metadata: { ...object.metadata, namespace: object.metadata.namespace || namespaceFor(remote) } }
}

async function updateAll(remote: Remote, family: Family): Promise<undefined> {
  const { kind, title, cluster, service } = family
  for (const template of await templatesIn(remote, family)) {
    const placed = cluster ? template : inNamespace(remote, template)
    const { name = '', namespace = '' } = placed.metadata
    const current = await during(`failed to get existing ${title} ${JSON.stringify(name)} to update`, service(remote.connection).get(namespace, name))
    const next = { ...placed, metadata: { ...placed.metadata, resourceVersion: current.metadata.resourceVersion ?? '' } }
    const what = `failed to update ${title}${cluster ? `: ${name}` : ''}`
    show(remote, family, await during(what, service(remote.connection).update(namespace, name, sendable(kind, next)), jointOf(family)))
  }
  return undefined
}

async function removeAll(remote: Remote, { kind, service }: Family): Promise<undefined> {
  const { flags, args, connection, print } = remote
  const names = flags.bool('all') ? (await service(connection).list(namespaceFor(remote), '')).map(({ metadata }) => metadata.name ?? '') : args
  for (const name of names) {
    await service(connection).remove(namespaceFor(remote), name)
    print(`${kind} '${name}' deleted\n`)
  }
  return undefined
}
