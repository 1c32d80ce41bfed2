// Owns what must hold of the locks that processes share, on every storage.
import { type Contender, NO_LIMITS } from '@tiphys/core/controllers'
import type { Claim, LockRequest } from '@tiphys/core/engine'
import type { AdmissionTurn, LockAnswer, LockPlace, LockTurn, RunHolder, State } from '@tiphys/shell/ports'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { newRun, t0, valueOf } from './run-log-kit.ts'

interface Place {
  open(owner: string): State
  remove(): void
}

const door: LockRequest = { name: 'argo/Mutex/door', limit: 1 }
const gpus = (limit: number): LockRequest => ({ name: 'argo/ConfigMap/sizes/gpu', limit })

type Wish = Partial<Pick<Claim, 'priority' | 'createdAt'>> & { readonly node?: string; readonly locks?: readonly LockRequest[] }

function claim(uid: string, { node, locks = [door], priority = 0, createdAt = t0 }: Wish = {}): Claim {
  const run = `argo/run-${uid}`
  return { holder: node === undefined ? run : `${run}/${node}`, run, uid, priority, createdAt, locks }
}

const placeOf = ({ uid, holder }: Claim): LockPlace => ({ uid, holder })

function ask(state: State, claims: readonly Claim[], rest: Partial<LockTurn> = {}): Promise<readonly LockAnswer[]> {
  return state.locks.decide({ releases: [], leaving: [], claims, isAlive: () => true, ...rest })
}

/** `yes`, `no` or `lost`, in the order of the claims. */
async function asked(state: State, claims: readonly Claim[], rest: Partial<LockTurn> = {}): Promise<string> {
  return (await ask(state, claims, rest)).map((answer) => (answer === 'lost' ? answer : answer.acquired ? 'yes' : 'no')).join(' ')
}

const contender = (uid: string, more: Partial<Contender> = {}): Contender => ({ key: uid, namespace: 'argo', priority: 0, createdAt: t0, ...more })

/** The uids that may begin, in one text. */
async function admitted(state: State, limits: Partial<AdmissionTurn['limits']>, turn: Partial<Omit<AdmissionTurn, 'limits'>>): Promise<string> {
  const begun = await state.locks.admit({ limits: { ...NO_LIMITS, ...limits }, left: [], kept: [], asking: [], isAlive: () => true, ...turn })
  return begun.join(' ')
}

export function lockStoreContract(name: string, newPlace: () => Place): void {
  describe(`locks of ${name}`, () => {
    let place: Place
    let open: State[]
    let mine: State
    let theirs: State
    const enter = (owner: string): State => {
      const state = place.open(owner)
      open.push(state)
      return state
    }

    beforeEach(async () => {
      place = newPlace()
      open = []
      mine = enter('mine')
      theirs = enter('theirs')
      for (const [state, uid] of [[mine, 'a'], [mine, 'b'], [theirs, 'x'], [theirs, 'y']] as const) valueOf(await state.log.create(newRun(uid)))
    })

    afterEach(async () => {
      for (const state of open) await state.close()
      place.remove()
    })

    it('SYNC-10 give a mutex to one, whichever process asks, and tell the others as ever', async () => {
      expect(await asked(mine, [claim('a')])).toBe('yes')
      expect(await ask(theirs, [claim('x')])).toEqual([{ acquired: false, lock: door.name, message: 'Waiting for argo/Mutex/door lock. Lock status: 0/1' }])
      expect(await asked(mine, [claim('a'), claim('b')])).toBe('yes no')
      expect(await asked(mine, [], { releases: [placeOf(claim('a'))] })).toBe('')
      expect(await asked(mine, [claim('b')])).toBe('no')
      expect(await asked(theirs, [claim('x')])).toBe('yes')
    })

    it('SYNC-10 serve whoever is more important, then the older, then who came first', async () => {
      await ask(mine, [claim('a')])
      const waiting = [claim('b', { createdAt: t0 + 1 }), claim('x', { createdAt: t0 + 2, priority: 5 }), claim('y')] as const
      await ask(mine, [waiting[0]])
      await ask(theirs, [waiting[1], waiting[2]])
      await ask(mine, [], { releases: [placeOf(claim('a'))] })
      expect(await asked(mine, [waiting[0]])).toBe('no')
      expect(await asked(theirs, [waiting[2], waiting[1]])).toBe('no yes')
      await ask(theirs, [], { releases: [placeOf(waiting[1])] })
      expect(await asked(mine, [waiting[0]])).toBe('no')
      expect(await asked(theirs, [waiting[2]])).toBe('yes')
    })

    it('SYNC-10 take all locks of a claim or none', async () => {
      await ask(mine, [claim('a')])
      expect(await asked(theirs, [claim('x', { locks: [gpus(1), door] })])).toBe('no')
      expect(await asked(theirs, [claim('y', { locks: [gpus(1)] })])).toBe('no')
      expect(await asked(theirs, [], { releases: [placeOf(claim('x'))] })).toBe('')
      expect(await asked(theirs, [claim('y', { locks: [gpus(1)] })])).toBe('yes')
    })

    it('SYNC-10 answer the same again, and give back more than once without harm', async () => {
      for (const times of [1, 2]) expect([times, await asked(mine, [claim('a'), claim('b')])]).toEqual([times, 'yes no'])
      for (const times of [1, 2]) expect([times, await asked(mine, [claim('b')], { releases: [placeOf(claim('a'))] })]).toEqual([times, 'yes'])
    })

    it('SYNC-10 size a semaphore by who asks, and one of the database by what the database says', async () => {
      const nodes = ['1', '2', '3'].map((node) => claim('x', { node, locks: [gpus(2)] }))
      expect(await asked(theirs, nodes)).toBe('yes yes no')
      await mine.limits.create('argo', 'gpu', 2)
      const stored: LockRequest = { name: 'argo/Database/gpu', limit: 1, record: 'sem/argo/gpu' }
      expect(await asked(theirs, ['1', '2', '3'].map((node) => claim('y', { node, locks: [stored] })))).toBe('yes yes no')
    })

    it('SYNC-10 let a claim have what another of its run leaves, before others do', async () => {
      const [first, second] = [claim('a', { node: '1' }), claim('a', { node: '2' })]
      await ask(mine, [first])
      expect(await asked(mine, [claim('b')], { leaving: [placeOf(first)] })).toBe('no')
      await ask(mine, [], { releases: [placeOf(claim('b'))] })
      expect(await asked(mine, [second], { leaving: [placeOf(first)] })).toBe('yes')
      expect(await asked(theirs, [claim('x')])).toBe('no')
      await ask(mine, [], { releases: [placeOf(first)] })
      expect(await asked(theirs, [claim('x')])).toBe('no')
      await ask(mine, [], { releases: [placeOf(second)] })
      expect(await asked(theirs, [claim('x')])).toBe('yes')
    })

    it('SYNC-10 let nobody jump the queue by what its run leaves', async () => {
      const [first, second] = [claim('a', { node: '1' }), claim('a', { node: '2' })]
      await ask(mine, [first])
      await ask(theirs, [claim('x', { priority: 1 })])
      expect(await asked(mine, [second], { leaving: [placeOf(first)] })).toBe('no')
      expect(await asked(theirs, [claim('x', { priority: 1 })])).toBe('no')
      expect(await asked(mine, [second], { releases: [placeOf(first)] })).toBe('no')
      expect(await asked(theirs, [claim('x', { priority: 1 })])).toBe('yes')
    })

    it('SYNC-11 keep the lock of a run whose process died, until somebody ends or removes it', async () => {
      await ask(theirs, [claim('x'), claim('y', { locks: [gpus(1)] })])
      const isAlive = ({ owner }: RunHolder): boolean => owner !== 'theirs'
      expect(await asked(mine, [claim('a'), claim('b', { locks: [gpus(1)] })], { isAlive })).toBe('no no')
      valueOf(await mine.log.takeOver('x', 'theirs', t0))
      valueOf(await mine.log.append('x', 0, { record: '{}', change: { phase: 'Failed', finishedAt: t0 + 1 } }))
      expect(await asked(mine, [claim('a')], { isAlive })).toBe('yes')
      valueOf(await theirs.log.remove('y'))
      expect(await asked(mine, [claim('b', { locks: [gpus(1)] })], { isAlive })).toBe('yes')
    })

    it('SYNC-11 let nobody wait behind a run whose process died, or that nobody has', async () => {
      await ask(mine, [claim('a')])
      await ask(theirs, [claim('x', { priority: 9 })])
      expect(await asked(mine, [claim('b')], { releases: [placeOf(claim('a'))] })).toBe('no')
      expect(await asked(mine, [claim('b')], { isAlive: () => false })).toBe('yes')
      expect(await asked(mine, [claim('a')], { releases: [placeOf(claim('b'))] })).toBe('no')
      await theirs.log.release('x')
      expect(await asked(mine, [claim('a')])).toBe('yes')
    })

    it('SYNC-11 give nothing to a process that does not have the run any more', async () => {
      expect(await asked(mine, [claim('x'), claim('gone')])).toBe('lost lost')
      valueOf(await mine.log.takeOver('x', 'theirs', t0))
      expect(await asked(theirs, [claim('x')])).toBe('lost')
      expect(await asked(mine, [claim('x')])).toBe('yes')
    })

    it('SYNC-11 say of a run what its record says, when somebody takes it up', async () => {
      await ask(theirs, [claim('x', { node: '1' }), claim('x', { node: '2', locks: [gpus(1)] })])
      valueOf(await mine.log.takeOver('x', 'theirs', t0))
      await mine.locks.settle('x', new Map([['argo/run-x/2', [gpus(1).name]]]))
      expect(await asked(mine, [claim('a'), claim('b', { locks: [gpus(1)] }), claim('x', { node: '2', locks: [gpus(1)] })])).toBe('yes no yes')
    })

    it('THROTTLE-6 let as many runs begin as may in all, whichever process asks', async () => {
      expect(await admitted(mine, { total: 2 }, { asking: [contender('a'), contender('b', { createdAt: t0 + 1 })] })).toBe('a b')
      expect(await admitted(theirs, { total: 2 }, { asking: [contender('x'), contender('y', { priority: 1 })] })).toBe('')
      expect(await admitted(mine, { total: 2 }, { left: ['a'] })).toBe('')
      expect(await admitted(theirs, { total: 2 }, { asking: [contender('x'), contender('y', { priority: 1 })] })).toBe('y')
      expect(await admitted(theirs, { total: 3 }, { asking: [contender('x')] })).toBe('x')
    })

    it('THROTTLE-6 count those that run already, also where a namespace has a limit of its own', async () => {
      const limits = { total: 9, perNamespace: 1, ofNamespace: new Map([['argo', 2]]) }
      expect(await admitted(mine, limits, { kept: [contender('a')], asking: [contender('b')] })).toBe('b')
      expect(await admitted(theirs, limits, { asking: [contender('x')] })).toBe('')
      valueOf(await mine.log.append('a', 0, { record: '{}', change: { phase: 'Succeeded', finishedAt: t0 + 1 } }))
      expect(await admitted(theirs, limits, { asking: [contender('x')] })).toBe('x')
    })

    it('THROTTLE-6 leave the place to whoever is more important in another process, but not to the dead', async () => {
      expect(await admitted(mine, { total: 1 }, { asking: [contender('a')] })).toBe('a')
      expect(await admitted(theirs, { total: 1 }, { asking: [contender('x', { priority: 7 })] })).toBe('')
      expect(await admitted(mine, { total: 1 }, { left: ['a'], asking: [contender('b')] })).toBe('')
      expect(await admitted(mine, { total: 1 }, { asking: [contender('b')], isAlive: () => false })).toBe('b')
      expect(await admitted(mine, { total: 9 }, { asking: [contender('x')] })).toBe('')
    })

    it('SYNC-10 tell the other processes when something is given back', async () => {
      await ask(mine, [claim('a')])
      await ask(theirs, [claim('x')])
      const [told, stop] = [vi.fn(), new AbortController()]
      theirs.locks.onChange(told, stop.signal)
      // What was heard until now says nothing of what comes.
      await vi.waitFor(() => expect(told).toHaveBeenCalled(), { timeout: 1000 }).catch(() => undefined)
      const before = told.mock.calls.length
      await ask(mine, [], { releases: [placeOf(claim('a'))] })
      await vi.waitFor(() => expect(told.mock.calls.length).toBeGreaterThan(before), { timeout: 30_000 })
      stop.abort()
    })

    it('SYNC-10 keep limits under fire from several processes', async () => {
      const states = [mine, theirs]
      const runs = await Promise.all(Array.from({ length: 8 }, async (_, index) => {
        const state = states[index % 2] as State
        valueOf(await state.log.create(newRun(`n${index}`)))
        return { state, claim: claim(`n${index}`, { locks: [gpus(3)] }) }
      }))
      let [holding, most, left] = [0, 0, runs.length]
      const work = runs.map(async ({ state, claim: wanted }) => {
        while ((await asked(state, [wanted])) !== 'yes') await new Promise((resolve) => setImmediate(resolve))
        most = Math.max(most, ++holding)
        await new Promise((resolve) => setImmediate(resolve))
        holding--
        await ask(state, [], { releases: [placeOf(wanted)] })
        left--
      })
      await Promise.all(work)
      expect([most <= 3, left]).toEqual([true, 0])
    })
  })
}
