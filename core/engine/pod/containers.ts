// Owns the containers of a pod: those that do the template's work, and the init containers and sidecars around them.
import type { Container, Template, UserContainer } from '@tiphys/core/spec'
import { type PodDraft, mainContainerName } from './draft.ts'
import type { ImageEntrypoint, PodInput } from './pod-input.ts'
import { withContainerDefaults } from './container-defaults.ts'
import { scriptPath } from './volumes.ts'

/** The containers that do the work, with the configured defaults under them. */
export function mainContainers(draft: PodDraft): Container[] {
  return templateContainers(draft.template, draft.input).map((container) => withContainerDefaults(draft, container))
}

function templateContainers(template: Template, input: PodInput): Container[] {
  const { container, script, containerSet, resource } = template
  if (container !== undefined) return [{ ...container, name: mainContainerName }]
  if (script !== undefined) {
    const { source, ...rest } = script
    return [{ ...rest, name: mainContainerName, args: source === '' ? rest.args : [...(rest.args ?? []), scriptPath] }]
  }
  if (containerSet !== undefined) {
    return containerSet.containers.map(({ dependencies: _order, ...one }) => ({
      ...one,
      name: one.name || mainContainerName,
      volumeMounts: containerSet.volumeMounts === undefined ? one.volumeMounts : [...(one.volumeMounts ?? []), ...containerSet.volumeMounts],
    }))
  }
  const task = resource === undefined ? ['data', JSON.stringify(template.data)] : ['resource', resource.action]
  return [{ name: mainContainerName, image: input.config.executorImage, command: ['argoexec', ...task] }]
}

/** Adds the user's init containers and sidecars. Call it when the main container has all its mounts, for they may be mirrored. */
export function addUserContainers(draft: PodDraft): void {
  const { spec, template } = draft
  const main = spec.containers.find((container) => container.name === mainContainerName)
  for (const one of template.initContainers ?? []) spec.initContainers.push(userContainer(one, main))
  for (const one of template.sidecars ?? []) spec.containers.push(userContainer(one, main))
}

function userContainer(user: UserContainer, main: Container | undefined): Container {
  const { mirrorVolumeMounts, ...container } = user
  if (mirrorVolumeMounts !== true || main?.volumeMounts === undefined) return container
  return { ...container, volumeMounts: [...(container.volumeMounts ?? []), ...main.volumeMounts] }
}

/** Gives containers without a command the one of their image, where the configuration knows it. */
export function withEntrypoints(containers: Container[], images: PodInput['config']['images']): Container[] {
  if (images === undefined || !containers.some(hasNoCommand)) return containers
  return containers.map((container) => {
    if (!hasNoCommand(container)) return container
    const known = entrypointOf(images, container.image ?? '')
    if (known === undefined) return container
    const args = (container.args ?? []).length > 0 ? container.args : known.cmd
    return { ...container, command: known.entrypoint, args }
  })
}

function hasNoCommand(container: Container): boolean {
  return (container.command ?? []).length === 0
}

function entrypointOf(images: Readonly<Record<string, ImageEntrypoint>>, image: string): ImageEntrypoint | undefined {
  return Object.hasOwn(images, image) ? images[image] : images['*']
}
