// Checks whose objects are where several controllers work side by side.
import { describe, expect, it } from 'vitest'
import { INSTANCE_LABEL, asManaged, isManaged } from './instance.ts'

describe('controllers side by side', () => {
  it('INSTANCE-1 one without an id takes what bears none, even an empty one', () => {
    expect([undefined, {}, { a: 'b' }, { [INSTANCE_LABEL]: '' }, { [INSTANCE_LABEL]: 'blue' }].map((labels) => isManaged(labels, ''))).toEqual([true, true, true, false, false])
  })

  it('INSTANCE-1 one with an id takes what bears it', () => {
    expect([undefined, {}, { [INSTANCE_LABEL]: 'green' }, { [INSTANCE_LABEL]: 'blue' }].map((labels) => isManaged(labels, 'blue'))).toEqual([false, false, false, true])
  })

  it('INSTANCE-2 what is submitted becomes its own', () => {
    const foreign = { name: 'x', labels: { a: 'b', [INSTANCE_LABEL]: 'green' } }
    expect(asManaged(foreign, '')).toEqual({ name: 'x', labels: { a: 'b' } })
    expect(asManaged(foreign, 'blue')).toEqual({ name: 'x', labels: { a: 'b', [INSTANCE_LABEL]: 'blue' } })
    expect(asManaged({}, 'blue')).toEqual({ labels: { [INSTANCE_LABEL]: 'blue' } })
    expect(asManaged({}, '')).toEqual({})
  })
})
