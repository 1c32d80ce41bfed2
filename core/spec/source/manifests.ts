// Owns the way from documents to typed objects: which kind each one is, and everything that is wrong with its shape, with places.
import { compareText } from '@tiphys/core/kube'
import { decode } from '../decode/decode.ts'
import { formatPath, type Path } from '../decode/path.ts'
import type { DecodeProblem } from '../decode/reader.ts'
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
import { duplicateOffsets, keyPositionOf, positionOf, readDocuments, writtenAt, type PlacedProblem, type SourceDocument } from './documents.ts'

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
    // Nothing but comments, as above a first line of three dashes, is no mistake.
    if (document.format === 'yaml' && document.value === null && document.problem === undefined) continue
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
  const kindName = kindOf(document)
  if (!isManifestKind(kindName)) {
    // The reference reads unknown kinds as bare metadata, which refuses a few impossible values at the top.
    const problems = decode(objectMetaSchema, value, { foldCase: true }).problems.filter((p) => p.severity === 'refused')
    return { kind: 'other', kindName, object: value, document, problems: [...versionProblems(value), ...problems] }
  }
  const written = (path: Path): string => writtenAt(document, path)
  // From YAML the reference makes JSON with sorted keys, so that of names alike but for capitals the last in order wins.
  const options = document.format === 'json' ? { written: { format: 'json', at: written } as const } : { sortKeys: true, written: { format: 'yaml', at: written } as const }
  const decoded = decode(schemas[kindName], value, options)
  const problems = [...versionProblems(value), ...overwrittenProblems(document, kindName), ...decoded.problems]
  return { kind: kindName, object: decoded.value, document, problems } as Manifest
}

function kindOf(document: SourceDocument): string {
  const { value, format, source } = document
  // A number that no float can hold keeps the reference from reading JSON at all, and so from seeing what kind it is.
  if (format === 'json' && /[eE]\+?[0-9]{3}|[0-9]{309}/.test(source.text) && holdsInfinity(value ?? null)) return ''
  const kind = isObject(value) ? value['kind'] : undefined
  return typeof kind === 'string' ? kind : ''
}

function holdsInfinity(root: Json): boolean {
  const work: Json[] = [root]
  for (let value = work.pop(); value !== undefined; value = work.pop()) {
    if (typeof value === 'number' && !Number.isFinite(value)) return true
    if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) work.push(member as Json)
  }
  return false
}

/** In JSON text the values of keys that stand twice are all read, and all can be refused, although the last one counts. */
function overwrittenProblems(document: SourceDocument, kind: ManifestKind): readonly DecodeProblem[] {
  if (document.format !== 'json') return []
  const offsets = duplicateOffsets(document)
  if (offsets.length === 0) return []
  let text = document.source.text
  for (const at of [...offsets].sort((a, b) => b - a)) text = `${text.slice(0, at + 1)}\\u0000${text.slice(at + 1)}`
  const { problems } = decode(schemas[kind], JSON.parse(text) as Json)
  return problems.filter((p) => p.severity === 'refused' && !p.path.some((part) => String(part).includes('\0')))
}

/** Without a group and a version that can be told apart the reference finds no kind, whatever the object is. */
function versionProblems(value: Json): readonly DecodeProblem[] {
  const version = isObject(value) ? value['apiVersion'] : undefined
  if (typeof version !== 'string' || version.split('/').length <= 2) return []
  const message = `${JSON.stringify(version)} is no API version: it has more than one "/"`
  return [{ code: 'invalid_value', severity: 'refused', path: ['apiVersion'], message, hint: 'write apiVersion: argoproj.io/v1alpha1' }]
}

/** A problem of the shape with its place in the file. Unknown fields are shown at their key, wrong values at the value. */
export function placeProblem(document: SourceDocument, problem: { code: string; message: string; path: Path; hint?: string }): PlacedProblem {
  const place = problem.code === 'unknown_field' ? keyPositionOf(document, problem.path) : positionOf(document, problem.path)
  const { code, message, hint } = problem
  return { code, message, path: formatPath(problem.path), ...(hint !== undefined && { hint }), ...place }
}
