// Owns a workflow of steps in a row that write down that they ran, for tests that need no other shape.
import type { Workflow } from '@tiphys/core/spec'
import { tallied } from './tally.ts'

export interface ChainPlan {
  readonly name: string
  readonly steps: number
  readonly tally: string
  /** Seconds that each step takes. */
  readonly pace: number
  readonly retries?: number
}

export function chainOf({ name, steps, tally, pace, retries }: ChainPlan): Workflow {
  const retryStrategy = retries === undefined ? {} : { retryStrategy: { limit: String(retries) } }
  const workflow: Workflow = {
    apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name },
    spec: {
      entrypoint: 'main',
      templates: [
        { name: 'main', steps: Array.from({ length: steps }, (_, i) => [{ name: `step-${i}`, template: 'step' }]) },
        { name: 'step', container: { name: '', image: 'busybox', command: ['true'] }, ...retryStrategy },
      ],
    },
  }
  return tallied(workflow, { file: tally, pace: () => pace })
}
