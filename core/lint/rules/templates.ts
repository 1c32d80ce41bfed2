// Owns rules for one template as a whole: volumes and mounts, containers beside the main one, paths, inputs that nobody reads.
import { isLeafType, type JsonObject, type Path, type Template, type Volume, type VolumeMount } from '@tiphys/core/spec'
import type { ObjectView, TemplateView } from '../object-view.ts'
import { hasTag } from '../visit.ts'
import { checkUnique } from './pod-parts.ts'

export function checkTemplate(view: ObjectView, template: TemplateView): void {
  checkMounts(view, template)
  checkContainers(view, template)
  checkPaths(view, template)
  checkOutputs(view, template)
  checkInputs(view, template)
  checkMisplaced(view, template)
}

interface Mounts {
  readonly mounts: readonly VolumeMount[]
  readonly path: Path
}

function mountsOf({ template, path }: TemplateView): readonly Mounts[] {
  const found: Mounts[] = []
  const add = (mounts: readonly VolumeMount[] | undefined, ...place: Path): void => {
    if (mounts !== undefined) found.push({ mounts, path: [...path, ...place, 'volumeMounts'] })
  }
  add(template.container?.volumeMounts, 'container')
  add(template.script?.volumeMounts, 'script')
  add(template.containerSet?.volumeMounts, 'containerSet')
  template.containerSet?.containers.forEach((c, i) => add(c.volumeMounts, 'containerSet', 'containers', i))
  template.initContainers?.forEach((c, i) => add(c.volumeMounts, 'initContainers', i))
  template.sidecars?.forEach((c, i) => add(c.volumeMounts, 'sidecars', i))
  return found
}

function checkMounts(view: ObjectView, template: TemplateView): void {
  const { spec, remarks } = view
  const known = new Set([
    ...names(spec.volumes),
    ...names(template.template.volumes),
    ...names(spec.templateDefaults?.volumes),
    ...(spec.volumeClaimTemplates ?? []).map((c) => c.metadata?.name ?? ''),
  ])
  const patched = [spec.podSpecPatch, template.template.podSpecPatch, spec.templateDefaults?.podSpecPatch].some((p) => p?.includes('volumes') === true)
  for (const { mounts, path } of mountsOf(template)) {
    const taken = new Map<string, string>()
    for (const [i, mount] of mounts.entries()) {
      const at = mount.mountPath.replace(/(?<=.)\/$/, '')
      const before = taken.get(at)
      if (before !== undefined && at !== '' && !hasTag(at)) remarks.error('mount_path_taken', [...path, i, 'mountPath'], `"${before}" is mounted at ${mount.mountPath} already`)
      taken.set(at, mount.name)
      if (mount.name === '' || known.has(mount.name) || hasTag(mount.name) || patched) continue
      const message = `no volume is called "${mount.name}"`
      const hint = 'add it to volumes of the template or of the workflow, or to volumeClaimTemplates'
      // A template that others use may get the volume from the workflow that uses it.
      if (view.shared || spec.workflowTemplateRef !== undefined) remarks.warning('volume_unknown', [...path, i, 'name'], message, hint)
      else remarks.error('volume_unknown', [...path, i, 'name'], message, hint)
    }
  }
  checkUnique(template.template.volumes as unknown as readonly JsonObject[] | undefined, 'volumes', { path: [...template.path, 'volumes'], remarks })
}

function names(volumes: readonly Volume[] | undefined): readonly string[] {
  return (volumes ?? []).map((v) => v.name)
}

function checkContainers({ remarks }: ObjectView, { template, path }: TemplateView): void {
  checkUnique(template.sidecars as unknown as readonly JsonObject[] | undefined, 'sidecars', { path: [...path, 'sidecars'], remarks })
  checkUnique(template.initContainers as unknown as readonly JsonObject[] | undefined, 'init containers', { path: [...path, 'initContainers'], remarks })
}

/** Two artifacts at one path overwrite each other. */
function checkPaths({ remarks }: ObjectView, { template, path, type }: TemplateView): void {
  if (!isLeafType(type)) return
  for (const side of ['inputs', 'outputs'] as const) {
    const taken = new Map<string, string>()
    for (const [i, artifact] of (template[side]?.artifacts ?? []).entries()) {
      const at = (artifact.path ?? '').replace(/(?<=.)\/$/, '')
      const place = [...path, side, 'artifacts', i, 'path']
      if (at === '' || hasTag(at)) continue
      const before = taken.get(at)
      if (before !== undefined) remarks.warning('path_taken', place, `artifact "${before}" has the path ${at} already`)
      taken.set(at, artifact.name)
      if (at === '/' || at === '/argo' || at.startsWith('/var/run/argo')) remarks.error('path_reserved', place, `${at} cannot be the path of an artifact`)
      else if (!at.startsWith('/')) remarks.warning('path_relative', place, `${at} is relative: it begins at the root of the container`, `write "/${at.replace(/^\.\//, '')}"`)
    }
  }
}

/** Outputs of steps and tasks are those of one of them. */
function checkOutputs({ remarks }: ObjectView, { template, path, type }: TemplateView): void {
  const group = type === 'steps' || type === 'dag'
  for (const [i, artifact] of (template.outputs?.artifacts ?? []).entries()) {
    const at = [...path, 'outputs', 'artifacts', i]
    const from = artifact.from ?? ''
    const expression = artifact.fromExpression ?? ''
    if (group && from === '' && expression === '') remarks.error('output_without_source', at, `nothing says which artifact "${artifact.name}" is`, 'add from: "{{tasks.name.outputs.artifacts.name}}"')
    if (from !== '' && expression !== '') remarks.error('choose_one', at, 'from and fromExpression exclude each other')
  }
  if (!group && type !== 'suspend') return
  for (const [i, parameter] of (template.outputs?.parameters ?? []).entries()) {
    const { valueFrom } = parameter
    const usable = type === 'suspend' ? valueFrom?.supplied !== undefined || parameter.value !== undefined : true
    if (!usable) remarks.error('output_without_source', [...path, 'outputs', 'parameters', i], `only a person can give a suspended step the output "${parameter.name}"`, 'write valueFrom: {supplied: {}}')
  }
}

/** Does any text of the template mention the input? */
function checkInputs({ remarks }: ObjectView, { template, path }: TemplateView): void {
  const { inputs, ...rest } = template
  const parameters = inputs?.parameters ?? []
  for (const [i, parameter] of parameters.entries()) {
    const at = [...path, 'inputs', 'parameters', i]
    const { valueFrom } = parameter
    if (valueFrom !== undefined && valueFrom.configMapKeyRef === undefined && valueFrom.supplied === undefined && valueFrom.event === undefined) {
      remarks.error('input_source', [...at, 'valueFrom'], `input "${parameter.name}" can come from a config map only`, 'use valueFrom.configMapKeyRef, or give it a value')
    }
    const fixed = parameter.value ?? parameter.default
    if (parameter.enum !== undefined && fixed !== undefined && !hasTag(fixed) && !parameter.enum.includes(fixed)) {
      remarks.warning('value_not_in_enum', at, `"${fixed}" is none of the values that "${parameter.name}" may have`)
    }
  }
  if (parameters.length === 0) return
  const text = JSON.stringify(rest)
  if (/inputs\.parameters[^.[\w]|inputs\[|toJson\(inputs/.test(text)) return
  const own = JSON.stringify(inputs)
  for (const [i, { name }] of parameters.entries()) {
    if (mentions(text, name) || mentions(own, name)) continue
    remarks.warning('input_unused', [...path, 'inputs', 'parameters', i], `nothing in the template reads the input "${name}"`)
  }
}

function mentions(text: string, name: string): boolean {
  return text.includes(`parameters.${name}`) || text.includes(`parameters['${name}']`) || text.includes(`parameters[\\"${name}\\"]`)
}

/** Fields that have no effect on this type of template. */
function checkMisplaced({ remarks }: ObjectView, view: TemplateView): void {
  const { template, path, type } = view
  const group = type === 'steps' || type === 'dag'
  if (template.daemon === true && group) remarks.warning('field_ignored', [...path, 'daemon'], 'steps and dags cannot be daemons')
  if (template.failFast !== undefined && !group) remarks.warning('field_ignored', [...path, 'failFast'], 'failFast has an effect on steps and dags only')
  if (type === 'steps') checkGroups(remarks, view)
  if (type === undefined) return
  warnEmptyLocks(remarks, template, path)
}

function checkGroups(remarks: ObjectView['remarks'], { template, path }: TemplateView): void {
  const groups = template.steps ?? []
  if (groups.length === 0) remarks.warning('steps_empty', [...path, 'steps'], 'the template has no steps, so it does nothing')
  const empty = groups.findIndex((group) => group.length === 0)
  if (empty >= 0) remarks.warning('steps_empty', [...path, 'steps', empty], 'this group has no steps')
}

function warnEmptyLocks(remarks: ObjectView['remarks'], template: Template, path: Path): void {
  const locks = template.synchronization
  // The fields of earlier versions have been told already.
  if (locks === undefined || 'mutex' in locks || 'semaphore' in locks || (locks.mutexes ?? []).length > 0 || (locks.semaphores ?? []).length > 0) return
  remarks.warning('lock_empty', [...path, 'synchronization'], 'synchronization names no lock')
}
