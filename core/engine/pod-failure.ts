// Why a pod failed, in one phase and one line: the most telling container decides (POD-6).
import type { Template } from '@tiphys/core/spec'
import type { ContainerState, PodState } from './events.ts'

interface Failure { readonly phase: 'Succeeded' | 'Failed' | 'Error'; readonly message: string | undefined }

/** Whether a container runs the template's own command. */
function isMain(template: Template, name: string): boolean {
  const set = template.containerSet?.containers
  return set === undefined ? name === 'main' : set.some((container) => container.name === name)
}

const rank = (template: Template, name: string): number => (isMain(template, name) ? 1 : name === 'wait' ? 2 : 3)

export function failureOf(pod: PodState, template: Template): Failure {
  if (pod.message !== undefined && pod.message !== '') return { phase: 'Failed', message: pod.message }
  const containers = [...pod.containers].sort((a, b) => rank(template, a.name) - rank(template, b.name))
  for (const container of [...(pod.initContainers ?? []), ...containers]) {
    const failure = containerFailure(container, template)
    if (failure !== undefined) return failure
  }
  return { phase: 'Succeeded', message: undefined }
}

function containerFailure(container: ContainerState, template: Template): Failure | undefined {
  if (container.state === 'waiting') {
    return { phase: 'Error', message: `Pod failed before ${container.name} container starts due to ${container.reason ?? ''}: ${container.message ?? ''}` }
  }
  const code = container.exitCode ?? 0
  if (container.state !== 'terminated' || code === 0) return undefined
  const detail = container.message === undefined || container.message === '' ? '' : `: ${container.message}`
  const message = `${container.name}: ${container.reason ?? 'Error'} (exit code ${code})${detail}`
  if (container.name === 'init' || container.name === 'wait') return { phase: 'Error', message }
  // A sidecar that was told to end ends with 137 or 143: that is no failure.
  if (!isMain(template, container.name) && (code === 137 || code === 143)) return undefined
  return { phase: 'Failed', message }
}
