// What each Ctrl-C does.
import { afterEach, describe, expect, it } from 'vitest'
import { onInterrupts } from './interrupts.ts'

describe('interrupts', () => {
  let stop = (): void => undefined
  afterEach(() => stop())

  const listen = (isOver: () => boolean): string[] => {
    const done: string[] = []
    stop = onInterrupts({ isOver, stop: () => done.push('stop'), terminate: () => done.push('terminate'), kill: () => done.push('kill') })
    return done
  }

  it('stop first, then terminate, then kill', () => {
    const done = listen(() => false)
    for (let i = 0; i < 4; i++) process.emit('SIGINT', 'SIGINT')
    expect(done).toEqual(['stop', 'terminate', 'kill', 'kill'])
  })

  it('kill what is left once the workflow has ended', () => {
    const done = listen(() => true)
    process.emit('SIGTERM', 'SIGTERM')
    expect(done).toEqual(['kill'])
  })
})
