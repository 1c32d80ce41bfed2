// Checks that the cost of a node does not grow with the workflow: twice as many take twice as long, for whole simulations from start to end.
import { simulate } from '@tiphys/core/simulate'
import { growsAtMost, workflowOf } from '@tiphys/test/kit'
import { expect, it } from 'vitest'

const COUNT = 2000
/** Work that grows with the square would give 4. */
const TIMES_MAX = 3

it.each(['loop', 'layers', 'chain', 'mutex'] as const)('a %s of twice the nodes takes about twice as long', (shape) => {
  growsAtMost(TIMES_MAX, {
    work: (count) => expect(simulate(workflowOf(shape, count), {}).workflow.status?.phase).toBe('Succeeded'),
    small: COUNT,
    large: 2 * COUNT,
  })
}, 120_000)
