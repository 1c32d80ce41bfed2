// Owns the way from documents to typed objects: which kind each one is, and everything that is wrong with its shape, with places.
import { compareText } from '@tiphys/core/kube'
import { decode, type DecodeProblem } from '../decode/decode.ts'
import { formatPath, type Path } from '../decode/path.ts'
import { isObject, type Json } from '../json.ts'
import {
  clusterWorkflowTemplateSchema,
  cronWorkflowSchema,
  objectMetaSchema,
  workflowEventBindingSchema,
  workflowSchema,
  workflowTaskSetSchema,
  workflowTemplateSchema,
  type ClusterWorkflowTemplate,
  type CronWorkflow,
  type Workflow,
  type WorkflowEventBinding,
  type WorkflowTaskSet,
  type WorkflowTemplate,
} from '../wire/index.ts'
import { keyPositionOf, positionOf, readDocuments, type PlacedProblem, type SourceDocument } from './documents.ts'

const schemas = {
  Workflow: workflowSchema,
  WorkflowTemplate: workflowTemplateSchema,
  ClusterWorkflowTemplate: clusterWorkflowTemplateSchema,
  CronWorkflow: cronWorkflowSchema,
  WorkflowEventBinding: workflowEventBindingSchema,
  WorkflowTaskSet: workflowTaskSetSchema,
} as const

export type ManifestKind = keyof typeof schemas

interface ManifestOf<K extends string, T> {
  readonly kind: K
  readonly object: T
  readonly document: SourceDocument
  /** What is wrong with the shape of the object, in the order of the text. */
  readonly problems: readonly DecodeProblem[]
}

/** An object of one of the engine's kinds, or of another kind, which is left as it is. */
export type Manifest =
  | ManifestOf<'Workflow', Workflow>
  | ManifestOf<'WorkflowTemplate', WorkflowTemplate>
  | ManifestOf<'ClusterWorkflowTemplate', ClusterWorkflowTemplate>
  | ManifestOf<'CronWorkflow', CronWorkflow>
  | ManifestOf<'WorkflowEventBinding', WorkflowEventBinding>
  | ManifestOf<'WorkflowTaskSet', WorkflowTaskSet>
  | (ManifestOf<'other', Json> & { readonly kindName: string })

/** A document that is no object of any kind. */
export interface UnreadableDocument {
  readonly document: SourceDocument
  readonly problem: PlacedProblem
}

export interface ManifestFile {
  readonly manifests: readonly Manifest[]
  readonly unreadable: readonly UnreadableDocument[]
}

/** Reads all objects of a file. */
export function readManifests(text: string): ManifestFile {
  const manifests: Manifest[] = []
  const unreadable: UnreadableDocument[] = []
  for (const document of readDocuments(text)) {
    const problem = document.problem ?? kindProblem(document)
    if (problem === undefined) manifests.push(readManifest(document))
    else unreadable.push({ document, problem })
  }
  return { manifests, unreadable }
}

/** The wire shape of a kind. */
export function schemaOfKind<K extends ManifestKind>(kind: K): (typeof schemas)[K] {
  return schemas[kind]
}

export function isManifestKind(kind: string): kind is ManifestKind {
  return Object.hasOwn(schemas, kind)
}

export const manifestKinds: readonly ManifestKind[] = (Object.keys(schemas) as ManifestKind[]).sort(compareText)

function kindProblem(document: SourceDocument): PlacedProblem | undefined {
  const { value } = document
  if (!isObject(value)) {
    return { code: 'not_an_object', message: 'the document is no object', ...positionOf(document, []), hint: 'a manifest begins with apiVersion and kind' }
  }
  const kind = value['kind']
  if (typeof kind === 'string' && kind !== '') return undefined
  const place = positionOf(document, ['kind'])
  return { code: 'kind_missing', message: 'the object has no kind', path: 'kind', ...place, hint: 'write for example "kind: Workflow"' }
}

function readManifest(document: SourceDocument): Manifest {
  const value: Json = document.value ?? null
  const kind = isObject(value) ? value['kind'] : undefined
  const kindName = typeof kind === 'string' ? kind : ''
  if (!isManifestKind(kindName)) {
    // The reference reads unknown kinds as bare metadata, which refuses a few impossible values at the top.
    const problems = decode(objectMetaSchema, value, { foldCase: true }).problems.filter((p) => p.severity === 'refused')
    return { kind: 'other', kindName, object: value, document, problems }
  }
  const decoded = decode(schemas[kindName], value)
  return { kind: kindName, object: decoded.value, document, problems: decoded.problems } as Manifest
}

/** A problem of the shape with its place in the file. Unknown fields are shown at their key, wrong values at the value. */
export function placeProblem(document: SourceDocument, problem: { code: string; message: string; path: Path; hint?: string }): PlacedProblem {
  const place = problem.code === 'unknown_field' ? keyPositionOf(document, problem.path) : positionOf(document, problem.path)
  const { code, message, hint } = problem
  return { code, message, path: formatPath(problem.path), ...(hint !== undefined && { hint }), ...place }
}
