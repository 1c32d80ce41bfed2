// Owns workflow templates and cluster workflow templates in the Argo REST API.
import { type QueryValues, grpcFailure, resourceOfKind, wholeOf } from '@tiphys/core/api'
import {
  type ClusterWorkflowTemplate, type WorkflowTemplate, clusterWorkflowTemplateSchema, validateWorkflowTemplate, workflowTemplateSchema,
} from '@tiphys/core/spec'
import { type ServedKind, creating, deleting, getting, linting, listing, updating } from './kinds.ts'
import type { Page } from './objects.ts'
import type { ArgoOperations } from './services.ts'

const absent = (message: string): ReturnType<typeof grpcFailure> => grpcFailure('invalidArgument', message)

const templates: ServedKind = {
  resource: resourceOfKind('WorkflowTemplate'), schema: workflowTemplateSchema, field: 'template',
  missing: {
    create: absent('workflow template was not found in the request body'), update: absent('WorkflowTemplate is not found in Request body'),
    lint: absent('workflow template was not found in the request body'),
  },
  validate: (object, { services, namespace, purpose }) => validateWorkflowTemplate(object as unknown as WorkflowTemplate, { purpose, catalog: services.templates, namespace }),
  filter: byPattern,
}

const clusterTemplates: ServedKind = {
  resource: resourceOfKind('ClusterWorkflowTemplate'), schema: clusterWorkflowTemplateSchema, field: 'template',
  missing: {
    create: absent('cluster workflow template was not found in the request body'), update: absent('ClusterWorkflowTemplate is not found in Request body'),
    lint: absent('cluster workflow template was not found in the request body'),
  },
  validate: (object, { services, purpose }) => validateWorkflowTemplate(object as unknown as ClusterWorkflowTemplate, { purpose, catalog: services.templates }),
}

const byName = (objects: Page['objects']): Page['objects'] => [...objects].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0))

/** Objects stand in the order of their names, whatever their namespaces. A pattern is a piece of the name. Pages of what matches are told apart by version, the youngest first. */
function byPattern(page: Page, query: QueryValues): Page {
  const pattern = query.get('namePattern') ?? ''
  if (pattern === '') return { ...page, objects: byName(page.objects) }
  const limit = wholeOf(query, 'listOptions.limit') ?? 0
  const before = query.get('listOptions.continue') ?? ''
  const versionOf = ({ metadata }: Page['objects'][number]): number => Number(metadata.resourceVersion)
  const matching = page.objects.filter(({ metadata }) => metadata.name.includes(pattern)).sort((a, b) => versionOf(b) - versionOf(a))
  const rest = before === '' ? matching : matching.filter((object) => versionOf(object) < Number(before))
  const objects = limit > 0 ? rest.slice(0, limit) : rest
  const next = limit > 0 && objects.length === limit ? objects.at(-1)?.metadata.resourceVersion : undefined
  return { objects: byName(objects), meta: { ...page.meta, continue: next } }
}

/** With a pattern everything is looked through, whatever the page. */
const listTemplates: ReturnType<typeof listing> = (call, services) => {
  if ((call.query.get('namePattern') ?? '') === '') return listing(templates)(call, services)
  const query = new URLSearchParams(call.query)
  const [limit, next] = [query.get('listOptions.limit'), query.get('listOptions.continue')]
  query.delete('listOptions.limit')
  query.delete('listOptions.continue')
  const asked = { get: (name: string) => (name === 'listOptions.limit' ? limit : name === 'listOptions.continue' ? next : query.get(name)) }
  return listing({ ...templates, filter: (page) => byPattern(page, asked) })({ ...call, query }, services)
}

export const templateOperations: ArgoOperations = {
  ListWorkflowTemplates: listTemplates,
  CreateWorkflowTemplate: creating(templates),
  LintWorkflowTemplate: linting(templates),
  GetWorkflowTemplate: getting(templates),
  UpdateWorkflowTemplate: updating(templates),
  DeleteWorkflowTemplate: deleting(templates),
  ListClusterWorkflowTemplates: listing(clusterTemplates),
  CreateClusterWorkflowTemplate: creating(clusterTemplates),
  LintClusterWorkflowTemplate: linting(clusterTemplates),
  GetClusterWorkflowTemplate: getting(clusterTemplates),
  UpdateClusterWorkflowTemplate: updating(clusterTemplates),
  DeleteClusterWorkflowTemplate: deleting(clusterTemplates),
}
