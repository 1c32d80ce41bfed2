// Owns the verdict of the reference's offline lint on a set of files: what it refuses, in its own words, and nothing else.
import {
  decode,
  duplicatedKeys,
  formatPath,
  isObject,
  schemaKit,
  schemaOfKind,
  sortKeys,
  validateCronWorkflow,
  validateWorkflow,
  validateWorkflowTemplate,
  type Invalid,
  type Manifest,
  type Path,
  type SchemaNode,
  type TemplateCatalog,
} from '@tiphys/core/spec'
import { ownerKey, type Universe } from './universe.ts'

export interface Rejection {
  readonly file: string
  readonly manifest: Manifest | undefined
  /** The call as a whole is refused: nothing is judged, and this is all that the reference says. */
  readonly wholeCall?: boolean | undefined
  /** What the reference prints, without the name of the object. */
  readonly message: string
  readonly code: 'parse' | 'duplicate_template' | 'strict' | 'invalid' | 'nothing'
  /** Where, in the object of the manifest. */
  readonly path: Path
  readonly invalid?: Invalid
}

export interface ReferenceVerdict {
  readonly ok: boolean
  readonly rejections: readonly Rejection[]
}

export interface ReferenceOptions {
  /** Refuse unknown fields (default: yes). */
  readonly strict?: boolean | undefined
  /** The namespace of objects that name none, for looking up templates. */
  readonly namespace?: string | undefined
  /** Kinds to judge; all four by default. */
  readonly kinds?: readonly string[] | undefined
  /** Templates that are not among the files, as a server knows them. */
  readonly elsewhere?: TemplateCatalog | undefined
  /** Values of a wrong type refuse their object only, as when a server judges, not the call as a whole. */
  readonly perObject?: boolean | undefined
}

export const lintedKinds = ['Workflow', 'WorkflowTemplate', 'CronWorkflow', 'ClusterWorkflowTemplate'] as const

/** What the reference says about the files as one call. */
export function referenceVerdict(universe: Universe, options: ReferenceOptions = {}): ReferenceVerdict {
  const loading = options.perObject === true ? undefined : loadingProblem(universe)
  if (loading !== undefined) return { ok: false, rejections: [loading] }
  const rejections: Rejection[] = []
  let judged = 0
  for (const file of universe.files) {
    const inFile = file.manifests.filter((manifest) => isJudged(manifest, options))
    judged += inFile.length
    for (const manifest of file.manifests) {
      const counts = inFile.includes(manifest) || (inFile.length > 0 && isStrictlyRead(manifest, options))
      const rejection = counts ? judge(universe, manifest, options) : undefined
      if (rejection !== undefined) rejections.push({ ...rejection, file: file.path, manifest })
    }
  }
  if (judged > 0) return { ok: rejections.length === 0, rejections }
  const nothing: Rejection = { file: '', manifest: undefined, wholeCall: true, code: 'nothing', path: [], message: 'found nothing to lint in the specified paths, failing...' }
  return { ok: false, rejections: [nothing] }
}

/** Before anything is judged all files are read leniently; what no reader accepts ends the call. */
function loadingProblem(universe: Universe): Rejection | undefined {
  const seen = new Set<string>()
  for (const file of universe.files) {
    const parse = (message: string, manifest: Manifest | undefined, path: Path = []): Rejection => ({
      file: file.path, manifest, path, wholeCall: true, code: 'parse', message: `failed to parse YAML from file: ${message}`,
    })
    const json = file.unreadable.find((u) => u.document.format === 'json' && !isObject(u.document.value))
    if (json !== undefined) return parse(json.problem.message, undefined)
    for (const manifest of file.manifests) {
      const refused = refusedProblem(manifest)
      if (refused !== undefined) return parse(`${formatPath(refused.path)}: ${refused.message}`, manifest, refused.path)
      if (manifest.kind !== 'WorkflowTemplate' && manifest.kind !== 'ClusterWorkflowTemplate') continue
      const key = ownerKey(manifest)
      const name = JSON.stringify(manifest.object.metadata.name ?? '')
      const message = `duplicate ${manifest.kind} found: ${name}`
      if (seen.has(key)) return { file: file.path, manifest, path: ['metadata', 'name'], wholeCall: true, code: 'duplicate_template', message }
      seen.add(key)
    }
  }
  return undefined
}

function refusedProblem(manifest: Manifest): { readonly path: Path; readonly message: string } | undefined {
  const own = manifest.problems.find((p) => p.severity === 'refused')
  if (own !== undefined || manifest.kind === 'other') return own
  if (!manifest.problems.some((p) => p.code === 'unknown_field')) return undefined
  // The lenient reader takes names in any mixture of capitals, so that it may refuse the value of a field unknown to the strict one.
  const folded = decode(schemaOfKind(manifest.kind), manifest.document.value ?? null, { foldCase: true })
  return folded.problems.find((p) => p.severity === 'refused')
}

function isJudged(manifest: Manifest, options: ReferenceOptions): boolean {
  return (options.kinds ?? lintedKinds).includes(manifest.kind) && isReadable(manifest, options)
}

/** Nothing judges an event binding, but beside an object that is judged its unknown fields refuse the file. */
function isStrictlyRead(manifest: Manifest, options: ReferenceOptions): boolean {
  return manifest.kind === 'WorkflowEventBinding' && isReadable(manifest, options)
}

function isReadable(manifest: Manifest, options: ReferenceOptions): boolean {
  // A YAML document with a key that stands twice cannot be read strictly, and is then passed over without a word.
  return options.strict === false || manifest.document.format === 'json' || duplicatedKeys(manifest.document).length === 0
}

type Judgement = Omit<Rejection, 'file' | 'manifest'>

function judge(universe: Universe, manifest: Manifest, options: ReferenceOptions): Judgement | undefined {
  const refused = options.perObject === true ? refusedProblem(manifest) : undefined
  if (refused !== undefined) return { code: 'parse', message: `${formatPath(refused.path)}: ${refused.message}`, path: refused.path }
  if (options.strict !== false) {
    const strict = strictProblem(manifest)
    if (strict !== undefined) return strict
  }
  const invalid = validateManifest(universe, manifest, options)
  return invalid === undefined ? undefined : { code: 'invalid', message: invalid.message, path: invalid.place.path, invalid }
}

function strictProblem(manifest: Manifest): Judgement | undefined {
  const unknown = manifest.problems.filter((p) => p.severity === 'strict')
  const messages = inKeyOrder(manifest, unknown).map((p) => `unknown field ${JSON.stringify(formatPath(p.path))}`)
  const twice = refusedDuplicates(manifest)
  for (const path of twice) messages.push(`duplicate field ${JSON.stringify(formatPath(path))}`)
  if (messages.length === 0) return undefined
  return { code: 'strict', message: `strict decoding error: ${messages.join(', ')}`, path: unknown[0]?.path ?? twice[0] ?? [] }
}

/** YAML becomes JSON first, with its keys in order, and what is wrong is found in that order. */
function inKeyOrder({ kind, document }: Manifest, unknown: Manifest['problems']): Manifest['problems'] {
  if (unknown.length < 2 || kind === 'other' || document.format === 'json') return unknown
  return decode(schemaOfKind(kind), sortKeys(document.value ?? null)).problems.filter((p) => p.severity === 'strict')
}

/** The keys of JSON text that stand twice where the strict reader looks: below a step, in loop items and the like it does not. */
export function refusedDuplicates(manifest: Manifest): readonly Path[] {
  if (manifest.kind === 'other' || manifest.document.format !== 'json') return []
  const schema = schemaOfKind(manifest.kind)
  return duplicatedKeys(manifest.document).flatMap(({ path }) => (path !== undefined && isStrictPlace(schema, path) ? [path] : []))
}

function isStrictPlace(schema: SchemaNode, path: Path): boolean {
  let node: SchemaNode | undefined = schema
  for (const part of path) {
    const at: SchemaNode = schemaKit.resolve(node)
    if (at.kind === 'struct') node = at.fields.get(String(part))?.schema
    else if (at.kind === 'list') node = at.item
    else if (at.kind === 'map') node = at.value
    else return false
    // What stands in an unknown field is passed over.
    if (node === undefined) return false
  }
  return true
}

function validateManifest(universe: Universe, manifest: Manifest, options: ReferenceOptions): Invalid | undefined {
  const shared = { catalog: bothCatalogs(universe.catalog, options.elsewhere), namespace: options.namespace, purpose: 'lint' } as const
  switch (manifest.kind) {
    case 'Workflow':
      return validateWorkflow(manifest.object, shared)
    case 'WorkflowTemplate':
    case 'ClusterWorkflowTemplate':
      return validateWorkflowTemplate(manifest.object, shared)
    case 'CronWorkflow':
      return validateCronWorkflow(manifest.object, shared)
    default:
      return undefined
  }
}

/** What the files define wins over what stands elsewhere. */
export function bothCatalogs(files: TemplateCatalog, elsewhere: TemplateCatalog | undefined): TemplateCatalog {
  if (elsewhere === undefined) return files
  return {
    workflowTemplate: (namespace, name) => files.workflowTemplate(namespace, name) ?? elsewhere.workflowTemplate(namespace, name),
    clusterWorkflowTemplate: (name) => files.clusterWorkflowTemplate(name) ?? elsewhere.clusterWorkflowTemplate(name),
  }
}
