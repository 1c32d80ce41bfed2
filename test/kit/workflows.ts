// Owns workflows of any size and a few shapes, for benchmarks and limits.
import type { DAGTask, Workflow } from '@tiphys/core/spec'

/** `chain`: each task waits for the one before. `layers`: layers of a hundred, two dependencies each. `loop`: one step over N items. `mutex`: the same, one item at a time. */
export type Shape = 'chain' | 'layers' | 'loop' | 'mutex'

const LAYER = 100

export function workflowOf(shape: Shape, size: number): Workflow {
  const isLoop = shape === 'loop' || shape === 'mutex'
  const main = isLoop
    ? { name: 'main', steps: [[{ name: 'a', template: 'echo', arguments: { parameters: [{ name: 'm', value: '{{item}}' }] }, withSequence: { count: String(size) } }]] }
    : { name: 'main', dag: { tasks: Array.from({ length: size }, (_, index) => task(shape, index)) } }
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { name: shape, namespace: 'default', uid: `${shape}-${size}`, creationTimestamp: '2024-01-01T00:00:00Z' },
    spec: {
      entrypoint: 'main',
      templates: [main, {
        name: 'echo', inputs: { parameters: [{ name: 'm' }] }, container: { name: '', image: 'busybox', command: ['echo', '{{inputs.parameters.m}}'] },
        ...(shape === 'mutex' && { synchronization: { mutexes: [{ name: 'one' }] } }),
      }],
    },
  }
}

function task(shape: 'chain' | 'layers', index: number): DAGTask {
  const before = shape === 'chain' ? [index - 1] : [index - LAYER, index - LAYER + 1]
  const dependencies = before.filter((other) => other >= 0 && other < index).map((other) => `t${other}`)
  return { name: `t${index}`, template: 'echo', ...(dependencies.length > 0 && { dependencies }), arguments: { parameters: [{ name: 'm', value: String(index) }] } }
}
