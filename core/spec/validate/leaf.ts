// Owns the rules for templates that do work themselves.
import { composeYaml } from '../yaml/compose.ts'
import type { ContainerSetTemplate, ResourceRequirements, Template } from '../wire/index.ts'
import type { Context } from './context.ts'
import { findCycle } from './cycle.ts'
import { invalid, within, type Base, type Invalid, type Place } from './invalid.ts'
import { locateTag } from './locate.ts'
import { fieldNameProblem, namesProblem } from './names.ts'
import { isPlaceholder } from './placeholders.ts'
import type { Called } from './process-args.ts'
import { findUnresolved, type Names } from './tags.ts'

export interface LeafInput {
  readonly ctx: Context
  readonly names: Names
  readonly called: Called
  readonly base: Base
  readonly place: Place
}

export function validateLeaf(input: LeafInput): Invalid | undefined {
  const { ctx, names, called, place } = input
  const { template } = called
  const prefix = `templates.${template.name ?? ''}`
  const unresolved = findUnresolved(called.text, { names, globals: ctx.globals, forTemplate: ctx.forTemplate })
  if (unresolved !== undefined) return invalid(locateTag(place, unresolved.tag), `${prefix}: ${unresolved.message}`)
  return (
    validateContainer(input, prefix) ??
    validateContainerSet(template, place, prefix) ??
    validateSidecars(template, place, prefix) ??
    validateResource(template, place, prefix) ??
    validateScript(input, prefix) ??
    validateLimits(template, place, prefix)
  )
}

function validateContainer(input: LeafInput, prefix: string): Invalid | undefined {
  const { template } = input.called
  const { container } = template
  if (container === undefined) return undefined
  const mounted = new Map<string, string>()
  for (const [i, mount] of (container.volumeMounts ?? []).entries()) {
    const before = mounted.get(mount.mountPath)
    const at = within(input.place, 'container', 'volumeMounts', i, 'mountPath')
    if (before !== undefined) return invalid(at, `${prefix}.container.volumeMounts[${i}].mountPath '${mount.mountPath}' already mounted in ${before}`)
    mounted.set(mount.mountPath, `container.volumeMounts.${mount.name}`)
  }
  for (const [i, artifact] of (template.inputs?.artifacts ?? []).entries()) {
    const path = artifact.path ?? ''
    const before = mounted.get(path)
    const at = within(input.place, 'inputs', 'artifacts', i, 'path')
    if (before !== undefined) return invalid(at, `${prefix}.inputs.artifacts[${i}].path '${path}' already mounted in ${before}`)
    mounted.set(path, `inputs.artifacts.${artifact.name}`)
  }
  return validateImage(input, 'container', prefix)
}

function validateScript(input: LeafInput, prefix: string): Invalid | undefined {
  return input.called.template.script === undefined ? undefined : validateImage(input, 'script', prefix)
}

/** The image may come from the defaults of the object that holds the template, unless that is a cluster workflow template. */
function validateImage(input: LeafInput, body: 'container' | 'script', prefix: string): Invalid | undefined {
  const { base, place } = input
  if ((input.called.template[body]?.image ?? '') !== '') return undefined
  const fromDefaults = base.kind === 'cluster' ? '' : (base.spec.templateDefaults?.[body]?.image ?? '')
  return fromDefaults === '' ? invalid(within(place, body), `${prefix}.${body}.image may not be empty`) : undefined
}

const isReserved = (name: string): boolean => name === 'wait' || name === 'supervisor' || name.startsWith('artifact-plugin-')

function validateContainerSet(template: Template, place: Place, prefix: string): Invalid | undefined {
  const set = template.containerSet
  if (set === undefined) return undefined
  const at = within(place, 'containerSet')
  const problem = containerSetProblem(set, at)
  if (problem !== undefined) return { message: `${prefix}.containerSet.${problem.message}`, place: problem.place }
  const { inputs, outputs } = template
  const passes = [inputs?.artifacts, outputs?.parameters, outputs?.artifacts].some((list) => (list ?? []).length > 0)
  const containers = set.containers ?? []
  if (passes && !containers.some((c) => c.name === 'main')) {
    return invalid(within(at, 'containers'), `${prefix}.containerSet.containers must have a container named "main" for input or output`)
  }
  const reserved = containers.findIndex((c) => isReserved(c.name))
  if (reserved < 0) return undefined
  const name = JSON.stringify(containers[reserved]?.name)
  return invalid(within(at, 'containers', reserved, 'name'), `${prefix}.containerSet.containers: ${name} is a reserved Argo container name`)
}

function containerSetProblem(set: ContainerSetTemplate, place: Place): Invalid | undefined {
  const containers = set.containers ?? []
  if (containers.length === 0) return invalid(place, 'containers must have at least one container')
  const names = namesProblem(containers, fieldNameProblem)
  if (names !== undefined) return invalid(within(place, 'containers', names.index, 'name'), `containers${names.message}`)
  const mounted = new Map<string, string>()
  for (const [i, mount] of (set.volumeMounts ?? []).entries()) {
    const before = mounted.get(mount.mountPath)
    if (before !== undefined) {
      return invalid(within(place, 'volumeMounts', i, 'mountPath'), `volumeMounts[${i}].mountPath '${mount.mountPath}' already mounted in ${before}`)
    }
    mounted.set(mount.mountPath, `volumeMounts.${mount.name}`)
  }
  const known = new Set(containers.map((c) => c.name))
  for (const [i, container] of containers.entries()) {
    const missing = (container.dependencies ?? []).findIndex((d) => !known.has(d))
    if (missing >= 0) {
      const at = within(place, 'containers', i, 'dependencies', missing)
      return invalid(at, `containers.${container.name} dependency '${container.dependencies?.[missing] ?? ''}' not defined`)
    }
  }
  const cycle = findCycle(containers)
  return cycle === undefined ? undefined : invalid(within(place, 'containers'), `containers dependency cycle detected: ${cycle.join('->')}`)
}

function validateSidecars(template: Template, place: Place, prefix: string): Invalid | undefined {
  const reserved = (template.sidecars ?? []).findIndex((s) => isReserved(s.name))
  if (reserved < 0) return undefined
  const name = JSON.stringify(template.sidecars?.[reserved]?.name)
  return invalid(within(place, 'sidecars', reserved, 'name'), `${prefix}.sidecars: ${name} is a reserved Argo container name`)
}

const actions = ['get', 'create', 'apply', 'delete', 'replace', 'patch']

function validateResource(template: Template, place: Place, prefix: string): Invalid | undefined {
  const { resource } = template
  if (resource === undefined) return undefined
  const at = within(place, 'resource')
  const action = resource.action
  if (!isPlaceholder(action) && !actions.includes(action)) {
    return invalid(within(at, 'action'), `${prefix}.resource.action must be one of: ${actions.join(', ')}`)
  }
  if (action === 'delete' || action === 'get') return undefined
  const { manifest = '', manifestFrom } = resource
  if (manifest === '' && manifestFrom === undefined) {
    return invalid(at, `either ${prefix}.resource.manifest or ${prefix}.resource.manifestFrom must be specified`)
  }
  if (manifest !== '' && manifestFrom !== undefined) {
    return invalid(at, "shouldn't have both `manifest` and `manifestFrom` specified in `Manifest` for resource template")
  }
  const source = manifestFrom?.artifact?.name
  if (source !== undefined && !(template.inputs?.artifacts ?? []).some((a) => a.name === source)) {
    return invalid(within(at, 'manifestFrom', 'artifact'), `artifact ${source} in \`manifestFrom\` refer to a non-exist artifact`)
  }
  if (manifest === '' || isPlaceholder(manifest) || readsAsYaml(manifest)) return undefined
  return invalid(within(at, 'manifest'), `${prefix}.resource.manifest must be a valid yaml`)
}

/** Expressions may break the quoting around them, so plain words stand in for them. */
export function readsAsYaml(manifest: string): boolean {
  const words = new Map<string, string>()
  const replaced = manifest.replace(/\{\{\s*=\s*(.+?)\s*\}\}/g, (_, expression: string) => {
    const word = words.get(expression) ?? `expression-${words.size}`
    words.set(expression, word)
    return word
  })
  const composed = composeYaml(replaced)
  return composed.failure === undefined
}

function validateLimits(template: Template, place: Place, prefix: string): Invalid | undefined {
  const seconds = template.activeDeadlineSeconds
  if (seconds !== undefined) {
    const readable = typeof seconds === 'number' || /^[+-]?\d+$/.test(seconds) || (seconds.startsWith('{{') && seconds.endsWith('}}'))
    const usable = readable || isPlaceholder(String(seconds))
    if (!usable || Number(seconds) < 0) {
      return invalid(within(place, 'activeDeadlineSeconds'), `${prefix}.activeDeadlineSeconds must be a positive integer > 0 or an argo variable`)
    }
  }
  if (template.parallelism === undefined) return undefined
  return invalid(within(place, 'parallelism'), `${prefix}.parallelism is only valid for steps and dag templates`)
}

/** A pod as a whole can be given processors, memory and huge pages, nothing else. */
export function podResourcesProblem(resources: ResourceRequirements | undefined, prefix: string): string | undefined {
  if (resources === undefined) return undefined
  if ((resources.claims ?? []).length > 0) return `${prefix}.claims is not supported for pod-level resources`
  for (const list of [resources.limits, resources.requests]) {
    for (const name of Object.keys(list ?? {})) {
      if (name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')) continue
      return `${prefix}: ${JSON.stringify(name)} is not a valid pod-level resource, only cpu, memory and hugepages-* are supported`
    }
  }
  return undefined
}
