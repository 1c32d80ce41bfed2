// Owns the rule that tells whether a workflow can run on a host without cluster, credentials, outside network or container engine.
import type { ClusterWorkflowTemplate, Container, Template, Workflow, WorkflowSpec, WorkflowTemplate } from '@tiphys/core/spec'
import { type Unknown, eachObject, textOf } from './walk.ts'
import { programsIn } from './shell-words.ts'
import { hasEntrypoint, programsOf } from '@tiphys/test/stand-ins'

/** `web` is what a local server can stand in for: addresses that the engine itself asks, not the steps. */
export type NeedKind = 'web' | 'cluster' | 'plugin' | 'credentials' | 'object storage' | 'network' | 'container engine' | 'database' | 'program' | 'image files' | 'arguments'

/** Something that a workflow needs and a plain host does not have. */
export interface Need { readonly kind: NeedKind; readonly what: string }

/** An object of the workflow's surroundings. */
export interface Surrounding { readonly kind?: string | undefined; readonly metadata?: { readonly name?: string | undefined } | undefined }

/** Everything that a workflow needs beyond a plain host, in the order in which it is found. */
export function needsOf(workflow: Workflow, around: readonly Surrounding[]): readonly Need[] {
  const specs = reachableSpecs(workflow, around)
  const needs = new Map<string, Need>()
  const add = (kind: NeedKind, what: string): void => void needs.set(`${kind} ${what}`, { kind, what })
  for (const spec of specs) {
    const { metadata: _metadata, ...body } = spec as WorkflowSpec & Unknown
    eachObject(body, (object, path) => judgeObject({ object, path, around, add }))
    for (const template of templatesOf(spec)) judgeTemplate(template, add)
  }
  return [...needs.values()]
}

interface Judged {
  readonly object: Unknown
  /** Keys from the spec down to the object. */
  readonly path: readonly string[]
  readonly around: readonly Surrounding[]
  readonly add: (kind: NeedKind, what: string) => void
}

/** What can stand anywhere in a spec: references to objects, locations of artifacts, addresses. */
function judgeObject({ object, path, around, add }: Judged): void {
  const key = path.at(-1) ?? ''
  const named = (kind: string, name: unknown): boolean => around.some((other) => other.kind === kind && other.metadata?.name === name)
  if (/^(secret|secretRef|secretKeyRef|.*Secret)$/.test(key)) {
    const name = textOf(object['secretName'] ?? object['name'])
    if (object['optional'] !== true && !named('Secret', name)) add('credentials', `Secret "${name}"`)
  }
  if (key === 'artifactRepositoryRef' && !named('ConfigMap', object['configMap'] ?? 'artifact-repositories')) add('cluster', `ConfigMap "${textOf(object['configMap'] ?? 'artifact-repositories')}" with artifact repositories`)
  if (key === 'database' || object['database'] === true) add('database', 'locks in a database')
  if (key === 'resourceClaims' || Array.isArray(object['resourceClaims'])) add('cluster', 'devices by resource claims')
  if (Array.isArray(object['executorPlugins'])) add('plugin', 'an executor plugin')
  if (textOf((object['securityContext'] as Unknown | undefined)?.['privileged']) === 'true') add('container engine', 'a privileged container')
  const selector = object['nodeSelector']
  if (isRecord(selector)) for (const [label, value] of Object.entries(selector)) if (!mayBeHere(label, textOf(value))) add('cluster', `a node with ${label}=${textOf(value)}`)
  if (key === 'parameters' && isOutside(textOf(object['value']))) add('web', hostOf(textOf(object['value'])))
  judgeLocation(object, add)
}

/** Whether a node with the label could be this host; a tag may become anything. */
function mayBeHere(label: string, value: string): boolean {
  if (label.endsWith('/os')) return ['linux'].includes(value)
  return value.includes('{{') || (label.endsWith('/arch') && ['amd64', 'arm64'].includes(value))
}

/** Where an artifact lies. A key alone means the default repository, which every installation has. */
function judgeLocation(object: Unknown, add: Judged['add']): void {
  for (const kind of ['s3', 'gcs', 'oss', 'azure', 'hdfs', 'artifactory'] as const) {
    const location = object[kind]
    if (isRecord(location) && ['bucket', 'endpoint', 'container', 'addresses', 'url'].some((part) => location[part] !== undefined)) add('object storage', `an object store reached by ${kind}`)
  }
  const http = object['http']
  if (isRecord(http) && isOutside(textOf(http['url']))) add('web', hostOf(textOf(http['url'])))
  const git = object['git']
  if (isRecord(git)) add('network', 'a git repository')
  if (isRecord(object['plugin']) && object['name'] !== undefined && object['path'] !== undefined) add('plugin', 'an artifact plugin')
}

function judgeTemplate(template: Template, add: Judged['add']): void {
  if (template.resource !== undefined) add('cluster', 'objects of Kubernetes (resource template)')
  if (template.plugin !== undefined) add('plugin', 'an executor plugin')
  if (template.data !== undefined) add('object storage', 'the listing of a bucket')
  for (const { path = '' } of template.outputs?.artifacts ?? []) if (/^\/(etc|usr|bin|sbin|lib)(\/|$)/.test(path)) add('image files', `${path} of the image`)
  const brought = (template.inputs?.artifacts ?? []).map(({ path = '' }) => path.split('/').at(-1) ?? '')
  for (const container of containersOf(template)) judgeContainer(container, brought, add)
}

function containersOf(template: Template): readonly (Container & { readonly source?: string | undefined })[] {
  const { container, script, containerSet, initContainers, sidecars } = template
  return [container, script, ...(containerSet?.containers ?? []), ...(initContainers ?? []), ...(sidecars ?? [])].filter((each) => each !== undefined)
}

const shells = new Set(['sh', 'bash', '/bin/sh', '/bin/bash'])
/** What hosts have that run this: the shell, the tools that POSIX names, and what the tests ask for by name. */
const onHosts = new Set([
  'awk', 'basename', 'bash', 'cat', 'chmod', 'cp', 'curl', 'cut', 'date', 'dirname', 'echo', 'env', 'expr', 'find', 'grep', 'head', 'id', 'jq', 'ls', 'mkdir', 'mv', 'node', 'od',
  'printf', 'pwd', 'python3', 'rm', 'sed', 'seq', 'sh', 'sort', 'tail', 'tar', 'tee', 'touch', 'tr', 'true', 'false', 'uname', 'wc', 'xargs',
])
const meanings: Readonly<Record<string, NeedKind>> = { kubectl: 'cluster', docker: 'container engine', buildctl: 'container engine', aws: 'network', git: 'network', go: 'network' }

/** `brought`: programs that come as artifacts. */
function judgeContainer(container: Container & { readonly source?: string | undefined }, brought: readonly string[], add: Judged['add']): void {
  const image = container.image ?? ''
  const [program, ...rest] = [...(container.command ?? []), ...(container.args ?? [])]
  if ((container.command ?? []).length === 0 && !hasEntrypoint(image)) return add('program', `what image "${image}" runs by itself`)
  const named = (container.command ?? []).length === 0 ? [] : [(program ?? '').split('/').at(-1) ?? '']
  const scripts = [...rest, container.source ?? '']
  const isShell = shells.has(program ?? '')
  const programs = isShell ? [...named, ...scripts.flatMap(programsIn)] : named
  const has = new Set([...onHosts, ...programsOf(image), ...brought])
  for (const name of programs) if (!has.has(name)) add(meanings[name] ?? 'program', `"${name}" of image "${image}"`)
  const words = [...(container.command ?? []), ...scripts].join(' ')
  for (const url of words.match(/\bhttps?:\/\/[^\s'"\\]+/g) ?? []) if (isOutside(url)) add('network', hostOf(url))
  if (/\bcurl\b/.test(words) && !/https?:\/\//.test(words)) add('network', 'an address to be filled in')
}

/** Addresses of steps and of the machine itself are inside; an address from a parameter is judged where it is given. */
export function isOutside(url: string): boolean {
  return /^https?:\/\//.test(url) && !/^https?:\/\/(\{\{|127\.|localhost\b)/.test(url)
}

function hostOf(url: string): string {
  return /^https?:\/\/([^/:]+)/.exec(url)?.[1] ?? url
}

function isRecord(value: unknown): value is Unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

type TemplateObject = WorkflowTemplate | ClusterWorkflowTemplate

/** The workflow's spec and those of all templates that it refers to, however far away. */
export function reachableSpecs(workflow: Workflow, around: readonly Surrounding[]): readonly WorkflowSpec[] {
  const found = new Map<string, WorkflowSpec>([['', workflow.spec]])
  const todo: WorkflowSpec[] = [workflow.spec]
  for (let spec = todo.pop(); spec !== undefined; spec = todo.pop()) {
    eachObject(spec as unknown as Unknown, (object, path) => {
      if (path.at(-1) !== 'templateRef' && path.at(-1) !== 'workflowTemplateRef') return
      const kind = object['clusterScope'] === true ? 'ClusterWorkflowTemplate' : 'WorkflowTemplate'
      const name = textOf(object['name'])
      const other = around.find((each) => each.kind === kind && each.metadata?.name === name) as TemplateObject | undefined
      if (other === undefined || found.has(`${kind}/${name}`)) return
      found.set(`${kind}/${name}`, other.spec)
      todo.push(other.spec)
    })
  }
  return [...found.values()]
}

/** All templates of a spec, those written inside steps and tasks too. */
export function templatesOf(spec: WorkflowSpec): readonly Template[] {
  const inline: Template[] = []
  eachObject(spec as unknown as Unknown, (object, path) => {
    if (path.at(-1) === 'inline') inline.push(object as unknown as Template)
  })
  return [...(spec.templates ?? []), ...inline]
}
