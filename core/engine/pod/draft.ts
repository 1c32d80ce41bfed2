// Owns the state of one pod while it is being built.
import type { Container, Draft, PodSpec, Template, Volume } from '@tiphys/core/spec'
import type { PodInput } from './pod-input.ts'

/** A pod spec whose top level may still change; what it holds is shared and must not. */
export type OpenPodSpec = { -readonly [K in keyof Omit<PodSpec, 'volumes' | 'containers' | 'initContainers'>]: PodSpec[K] } & {
  volumes: Volume[]
  containers: Container[]
  initContainers: Container[]
}

export interface PodDraft {
  readonly input: PodInput
  /** The template as an executor will see it. */
  template: Template
  spec: OpenPodSpec
  readonly labels: Draft<Record<string, string>>
  readonly annotations: Draft<Record<string, string>>
  /** The first thing that went wrong; later steps may run on, their result is dropped. */
  problem: string | undefined
}

export const mainContainerName = 'main'

/** The mounts that count for a template's volumes and artifacts. */
export function mountsOf(template: Template): NonNullable<Container['volumeMounts']> {
  return (template.container ?? template.script ?? template.containerSet)?.volumeMounts ?? []
}
