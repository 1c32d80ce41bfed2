// Owns the defaults that a controller's configuration lays under main containers.
import { CONTAINER_MERGE, type JsonObject, strategicMerge } from '@tiphys/core/kube'
import { type Container, type Json, containerSchema, goView } from '@tiphys/core/spec'
import type { PodDraft } from './draft.ts'
import { lateValue } from './late-text.ts'

/** The container over the configured defaults. What it leaves empty is as good as not said. */
export function withContainerDefaults(draft: PodDraft, container: Container): Container {
  const defaults = draft.input.config.mainContainer
  if (defaults === undefined) return container
  const patch = goView(containerSchema, container as unknown as Json) as JsonObject
  const merged = strategicMerge(lateValue(draft, defaults) as unknown as JsonObject, patch, CONTAINER_MERGE)
  if (merged.ok) return merged.value as unknown as Container
  draft.problem ??= merged.problem.message
  return container
}
