// Checks that the cost of a node does not grow with the workflow: twice as many take twice as long, for whole simulations from start to end.
import { simulate } from '@tiphys/core/simulate'
import { type Shape, threadMs, workflowOf } from '@tiphys/test/kit'
import { expect, it } from 'vitest'

const COUNT = 2000
const TRIES = 3
/** Quadratic work would give 4. */
const RATIO_MAX = 3

function fastest(shape: Shape, count: number): number {
  const times = Array.from({ length: TRIES }, () => {
    const from = threadMs()
    expect(simulate(workflowOf(shape, count), {}).workflow.status?.phase).toBe('Succeeded')
    return threadMs() - from
  })
  return Math.min(...times)
}

it.each(['loop', 'layers', 'chain'] as const)('a %s of twice the nodes takes about twice as long', (shape) => {
  fastest(shape, COUNT / 4)
  expect(fastest(shape, 2 * COUNT) / fastest(shape, COUNT)).toBeLessThan(RATIO_MAX)
}, 120_000)
