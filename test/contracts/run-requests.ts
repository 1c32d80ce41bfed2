// Owns what must hold of requests for runs that another process carries out, on every storage.
import type { State } from '@tiphys/shell/ports'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { newRun, t0, valueOf } from './run-log-kit.ts'

interface Place {
  open(owner: string): State
  remove(): void
}

const HOUR_MS = 3600 * 1000

export function runRequestsContract(name: string, newPlace: () => Place): void {
  describe(`requests for runs of ${name}`, () => {
    let place: Place
    let open: State[]
    let mine: State
    let theirs: State
    const bodiesOf = async (state: State): Promise<string[]> => (await state.requests.pending()).map(({ uid, body }) => `${uid} ${body}`)

    beforeEach(async () => {
      place = newPlace()
      mine = place.open('mine')
      theirs = place.open('theirs')
      open = [mine, theirs]
      for (const uid of ['a', 'b']) valueOf(await theirs.log.create(newRun(uid)))
    })

    afterEach(async () => {
      for (const state of open) await state.close()
      place.remove()
    })

    it('reach whoever has the run, in order, and are answered once', async () => {
      const [first, second] = [await mine.requests.put('a', '"one"', t0), await mine.requests.put('b', '"two"', t0)]
      expect([await bodiesOf(theirs), await bodiesOf(mine)]).toEqual([['a "one"', 'b "two"'], []])
      expect(await mine.requests.answerOf(first)).toBe(undefined)
      await theirs.requests.answer(first, '"done"')
      expect([await mine.requests.answerOf(first), await bodiesOf(theirs)]).toEqual(['"done"', ['b "two"']])
      await mine.requests.remove(second, t0)
      await theirs.requests.answer(second, '"late"')
      expect([await mine.requests.answerOf(second), await bodiesOf(theirs)]).toEqual([undefined, []])
    })

    it('wait for whoever takes the run up', async () => {
      await mine.requests.put('a', '"stop"', t0)
      const third = place.open('third')
      open.push(third)
      valueOf(await third.log.takeOver('a', 'theirs', t0))
      expect([await bodiesOf(theirs), await bodiesOf(third)]).toEqual([[], ['a "stop"']])
    })

    it('go with their run, and are forgotten an hour after nobody came for the answer', async () => {
      const [gone, left] = [await mine.requests.put('a', '1', t0), await mine.requests.put('b', '2', t0)]
      await theirs.requests.answer(gone, '1')
      await theirs.log.remove('a')
      expect(await mine.requests.answerOf(gone)).toBe(undefined)
      await theirs.requests.answer(left, '2')
      const other = await mine.requests.put('b', '3', t0 + HOUR_MS)
      await mine.requests.remove(other, t0 + HOUR_MS - 1)
      expect(await mine.requests.answerOf(left)).toBe('2')
      await mine.requests.remove(other, t0 + HOUR_MS)
      expect(await mine.requests.answerOf(left)).toBe(undefined)
    })

    it('are told of without being looked for', async () => {
      const [told, stop] = [vi.fn(), new AbortController()]
      theirs.requests.onChange(told, stop.signal)
      const ask = async (): Promise<void> => {
        const before = told.mock.calls.length
        await mine.requests.put('a', '1', t0)
        await vi.waitFor(() => expect(told.mock.calls.length).toBeGreaterThan(before), { timeout: 30_000 })
      }
      await ask()
      await ask()
      stop.abort()
    })
  })
}
