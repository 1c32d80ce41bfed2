// Owns writing the quantities of templates and pods the way Kubernetes prints them: 1024Mi is 1Gi, 1000m is 1.
import { formatQuantity, parseQuantity } from '@tiphys/core/kube'
import type { ContainerSetTemplate, PodSpec, ResourceRequirements, Template } from '@tiphys/core/spec'

const textsMax = 4096
// Few texts occur in many pods.
const canonicalTexts = new Map<string, string>()

/** A quantity in canonical form; text that is none stays as it is, for others to report. */
function canonicalText(text: string): string {
  const known = canonicalTexts.get(text)
  if (known !== undefined) return known
  const parsed = parseQuantity(text)
  const canonical = parsed.ok ? formatQuantity(parsed.value) : text
  if (canonicalTexts.size >= textsMax) canonicalTexts.clear()
  canonicalTexts.set(text, canonical)
  return canonical
}

type Quantities = Readonly<Record<string, string>>

function canonicalMap(map: Quantities | undefined): Quantities | undefined {
  if (map === undefined) return undefined
  let changed: Record<string, string> | undefined
  for (const key of Object.keys(map)) {
    const text = map[key] ?? ''
    const canonical = canonicalText(text)
    if (canonical !== text) changed = { ...(changed ?? map), [key]: canonical }
  }
  return changed ?? map
}

function canonicalResources<T extends ResourceRequirements | undefined>(resources: T): T {
  if (resources === undefined) return resources
  const limits = canonicalMap(resources.limits)
  const requests = canonicalMap(resources.requests)
  return limits === resources.limits && requests === resources.requests ? resources : { ...resources, limits, requests }
}

type Resourced = { readonly resources?: ResourceRequirements | undefined }

function canonicalContainer<T extends Resourced | undefined>(container: T): T {
  if (container?.resources === undefined) return container
  const resources = canonicalResources(container.resources)
  return resources === container.resources ? container : { ...container, resources }
}

function canonicalList<T extends Resourced>(containers: readonly T[] | undefined): readonly T[] | undefined {
  if (containers === undefined) return undefined
  const changed = containers.map((container) => canonicalContainer(container))
  return changed.some((container, index) => container !== containers[index]) ? changed : containers
}

function canonicalSet(set: ContainerSetTemplate | undefined): ContainerSetTemplate | undefined {
  if (set === undefined) return undefined
  const containers = canonicalList(set.containers) ?? []
  return containers === set.containers ? set : { ...set, containers }
}

/** The template with the quantities of its containers in canonical form; the same object when they are already. */
export function withCanonicalQuantities(template: Template): Template {
  let result = template
  const container = canonicalContainer(template.container)
  if (container !== template.container) result = { ...result, container }
  const script = canonicalContainer(template.script)
  if (script !== template.script) result = { ...result, script }
  const containerSet = canonicalSet(template.containerSet)
  if (containerSet !== template.containerSet) result = { ...result, containerSet }
  const initContainers = canonicalList(template.initContainers)
  if (initContainers !== template.initContainers) result = { ...result, initContainers }
  const sidecars = canonicalList(template.sidecars)
  if (sidecars !== template.sidecars) result = { ...result, sidecars }
  const podResources = canonicalResources(template.podResources)
  return podResources === template.podResources ? result : { ...result, podResources }
}

/** A pod's quantities in canonical form, after a patch may have brought in others. */
export function withCanonicalPodQuantities(spec: PodSpec): PodSpec {
  return {
    ...spec,
    containers: canonicalList(spec.containers) ?? [],
    initContainers: canonicalList(spec.initContainers),
    resources: canonicalResources(spec.resources),
  }
}
