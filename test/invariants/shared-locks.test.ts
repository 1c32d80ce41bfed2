// Checks that runs of several processes on one state keep to one another's locks, whatever dies.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Workflow } from '@tiphys/core/spec'
import { openState } from '@tiphys/shell/adapters/sqlite'
import { nodeHttpClient, systemClock } from '@tiphys/shell/adapters/system'
import type { LockStore, PodFact, PodRef, PodRunner, State } from '@tiphys/shell/ports'
import { ObjectCatalog, POSTPONED, RunHost, sharedThrottle } from '@tiphys/shell/runtime'
import { instantRunner } from '@tiphys/test/kit'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

/** Pods that end when they are told to, and outlive processes. */
class Pods {
  readonly running = new Map<string, PodRef>()
  started = 0
  private readonly listeners = new Set<(fact: PodFact) => void>()

  runner(): PodRunner {
    let own: ((fact: PodFact) => void) | undefined
    return {
      ...instantRunner(),
      start: ({ key, pod, namespace }) => {
        const ref = { runner: 'instant', podName: pod.metadata?.name ?? '', uid: key.nodeId, namespace, key }
        this.running.set(key.nodeId, ref)
        this.started += 1
        return Promise.resolve(ref)
      },
      reattach: ({ key }) => Promise.resolve(this.running.has(key.nodeId) ? { state: 'watching' } : { state: 'lost', message: 'gone' }),
      onFact: (listener) => {
        own = listener
        this.listeners.add(listener)
        return () => this.listeners.delete(listener)
      },
      close: () => {
        if (own !== undefined) this.listeners.delete(own)
        return Promise.resolve()
      },
    }
  }

  end(node: string): void {
    const ref = this.running.get(node)
    if (ref === undefined) throw new Error(`${node} does not run`)
    this.running.delete(node)
    const container = { name: 'main', state: 'terminated', exitCode: 0, reason: 'Completed', startedAt: Date.now(), finishedAt: Date.now() } as const
    for (const listener of this.listeners) listener({ key: ref.key, podName: ref.podName, uid: ref.uid, phase: 'Succeeded', containers: [container] })
  }
}

interface Life {
  readonly state: State
  readonly host: RunHost
}

const door = { mutexes: [{ name: 'door' }] }

/** Steps one after the other, each behind the same mutex; or the workflow as a whole. */
function behindDoor(name: string, { steps = 1, whole = false } = {}): Workflow {
  const step = { name: 'step', ...(!whole && { synchronization: door }), container: { image: 'busybox', command: ['true'] } }
  const main = { name: 'main', steps: Array.from({ length: steps }, (_, index) => [{ name: `s${index}`, template: 'step' }]) }
  return {
    apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, creationTimestamp: new Date(Date.now()).toISOString() },
    spec: { entrypoint: 'main', templates: [main, step], ...(whole && { synchronization: door }) },
  } as Workflow
}

const patience = { timeout: 30_000 }
const waitingMessage = 'Waiting for default/Mutex/door lock. Lock status: 0/1'

/** The message of the node that waits; undefined when none does. */
function waitsAt({ host }: Life, name: string): string | undefined {
  return [...(host.runOf(`uid-${name}`)?.nodes.values() ?? [])].find(({ waitingLock }) => waitingLock !== undefined)?.message
}

for (const manner of ['at once', 'later'] as const) {
  describe(`locks of a store that decides ${manner}`, () => {
    let directory: string
    let pods: Pods
    let dead: Set<string>
    let lives: Life[]

    const live = (owner: string): Life => {
      const state = openState(directory, { owner: { id: owner, info: '' }, now: () => 0, pollMs: 5 })
      const store: LockStore = manner === 'at once' ? state.locks : { ...state.locks, decideNow: undefined }
      const host = new RunHost({
        log: state.log, runner: pods.runner(), http: nodeHttpClient, clock: systemClock, catalog: new ObjectCatalog(),
        locks: { store, isAlive: (holder) => !dead.has(holder.owner) },
      })
      lives.push({ state, host })
      return { state, host }
    }
    /** Nothing that it has not stored is ever stored, and its leases stay. */
    const kill = async (owner: string, { state, host }: Life): Promise<void> => {
      dead.add(owner)
      await state.close()
      await host.close()
    }
    const runsOf = (name: string): string[] => [...pods.running.values()].filter(({ key }) => key.workflowUid === `uid-${name}`).map(({ key }) => key.nodeId)
    const started = (name: string): Promise<string> => vi.waitFor(() => {
      expect(runsOf(name)).toHaveLength(1)
      return runsOf(name)[0] as string
    }, patience)
    const over = async ({ state }: Life, name: string): Promise<void> => vi.waitFor(async () => {
      const found = await state.runs.get(`uid-${name}`)
      expect(found.ok && found.value.phase).toBe('Succeeded')
    }, patience)

    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), 'tiphys-locks-'))
      pods = new Pods()
      dead = new Set()
      lives = []
    })

    afterEach(async () => {
      for (const { state, host } of lives) {
        await host.close()
        await state.close()
      }
      rmSync(directory, { recursive: true, force: true })
    })

    it('SYNC-10 one process waits for the other, and says for what', async () => {
      const [first, second] = [live('first'), live('second')]
      await first.host.submit(behindDoor('a'))
      const node = await started('a')
      await second.host.submit(behindDoor('b'))
      await vi.waitFor(() => expect(waitsAt(second, 'b')).toBe(waitingMessage), patience)
      expect(runsOf('b')).toEqual([])
      pods.end(node)
      pods.end(await started('b'))
      await Promise.all([over(first, 'a'), over(second, 'b')])
    })

    it('SYNC-10 whole workflows wait for each other too', async () => {
      const [first, second] = [live('first'), live('second')]
      await first.host.submit(behindDoor('a', { whole: true, steps: 2 }))
      const node = await started('a')
      await second.host.submit(behindDoor('b', { whole: true }))
      await vi.waitFor(() => expect(second.host.runOf('uid-b')?.status).toMatchObject({ phase: 'Pending', message: waitingMessage }), patience)
      pods.end(node)
      await vi.waitFor(() => expect(runsOf('a')[0]).not.toBe(node), patience)
      expect(runsOf('b')).toEqual([])
      pods.end(await started('a'))
      pods.end(await started('b'))
      await Promise.all([over(first, 'a'), over(second, 'b')])
    })

    it('SYNC-10 a run passes its lock on from step to step, and others get it when it is their turn', async () => {
      const [first, second] = [live('first'), live('second')]
      await first.host.submit(behindDoor('a', { steps: 3 }))
      pods.end(await started('a'))
      await second.host.submit(behindDoor('b'))
      let left = 3
      while (left > 0) {
        const [node] = await vi.waitFor(() => {
          expect(pods.running.size).toBe(1)
          return [...pods.running.keys()]
        }, patience)
        pods.end(node as string)
        left -= 1
      }
      await Promise.all([over(first, 'a'), over(second, 'b')])
      expect(pods.started).toBe(4)
    })

    it('SYNC-11 a lock stays with the run of a dead process until somebody takes it up', async () => {
      const [first, second] = [live('first'), live('second')]
      await first.host.submit(behindDoor('a'))
      const node = await started('a')
      await kill('first', first)
      await second.host.submit(behindDoor('b'))
      await vi.waitFor(() => expect(waitsAt(second, 'b')).toBe(waitingMessage), patience)
      const third = live('third')
      expect((await third.state.log.takeOver('uid-a', 'first', 0)).ok).toBe(true)
      await third.host.resume('uid-a')
      expect(waitsAt(second, 'b')).toBe(waitingMessage)
      await vi.waitFor(() => expect(third.host.runOf('uid-a')?.locksHeld.size).toBe(1), patience)
      pods.end(node)
      pods.end(await started('b'))
      await Promise.all([over(third, 'a'), over(second, 'b')])
    })

    it('SYNC-11 nobody waits behind a run whose process died while it waited', async () => {
      const [first, second, third] = [live('first'), live('second'), live('third')]
      await first.host.submit(behindDoor('a'))
      const node = await started('a')
      await second.host.submit(behindDoor('b'))
      await vi.waitFor(() => expect(waitsAt(second, 'b')).toBe(waitingMessage), patience)
      await third.host.submit(behindDoor('c'))
      await vi.waitFor(() => expect(waitsAt(third, 'c')).toBe(waitingMessage), patience)
      await kill('second', second)
      pods.end(node)
      pods.end(await started('c'))
      await Promise.all([over(first, 'a'), over(third, 'c')])
      expect((await third.state.log.takeOver('uid-b', 'second', 0)).ok).toBe(true)
      await third.host.resume('uid-b')
      pods.end(await started('b'))
      await over(third, 'b')
    })

    it('SYNC-11 a run that is ended while nobody carries it out lets go of its locks', async () => {
      const [first, second] = [live('first'), live('second')]
      await first.host.submit(behindDoor('a', { whole: true }))
      const node = await started('a')
      await kill('first', first)
      await second.host.submit(behindDoor('b'))
      const third = live('third')
      expect((await third.state.log.takeOver('uid-a', 'first', 0)).ok).toBe(true)
      await third.host.record('uid-a', [{ type: 'started', at: Date.now() }, { type: 'shutdownRequested', at: Date.now(), strategy: 'Terminate' }])
      pods.running.delete(node)
      pods.end(await started('b'))
      await over(second, 'b')
    })
  })
}

describe('limits of running workflows that servers share', () => {
  it('THROTTLE-6 what one server runs leaves no room on the other, until it ends', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tiphys-limits-'))
    const pods = new Pods()
    const servers = ['first', 'second'].map((owner) => {
      const state = openState(directory, { owner: { id: owner, info: '' }, now: () => 0, pollMs: 5 })
      const onTrouble = (message: string): void => expect(message).toBe('')
      const admission = sharedThrottle({ store: state.locks, isAlive: () => true, clock: systemClock, begin: (uid) => host.admit(uid), hold: (uid, message) => host.hold(uid, message), onTrouble })
      const host: RunHost = new RunHost({ log: state.log, runner: pods.runner(), http: nodeHttpClient, clock: systemClock, catalog: new ObjectCatalog(), admission })
      return { state, host, admission }
    })
    const [first, second] = servers as [(typeof servers)[0], (typeof servers)[0]]
    const plain = (name: string): Workflow => ({ ...behindDoor(name), spec: { ...behindDoor(name).spec, templates: behindDoor(name, { whole: true }).spec.templates ?? [] } })
    const running = (): readonly string[] => [...pods.running.values()].map(({ key }) => key.workflowUid)
    try {
      await first.host.submit(plain('a'))
      await vi.waitFor(() => expect(running()).toEqual(['uid-a']), patience)
      for (const { admission } of servers) admission.setLimits({ total: 1, perNamespace: 0, ofNamespace: new Map() })
      // The work of this turn: the first server says what it runs.
      await new Promise((resolve) => setImmediate(resolve))
      await second.host.submit(plain('b'))
      await vi.waitFor(() => expect(second.host.runOf('uid-b')?.status).toMatchObject({ phase: 'Pending', message: POSTPONED }), patience)
      pods.end([...pods.running.keys()][0] as string)
      await vi.waitFor(() => expect(running()).toEqual(['uid-b']), patience)
      await first.host.submit(plain('c'))
      await vi.waitFor(() => expect(first.host.runOf('uid-c')?.status.message).toBe(POSTPONED), patience)
      for (const { admission } of servers) admission.setLimits({ total: 0, perNamespace: 0, ofNamespace: new Map() })
      await vi.waitFor(() => expect(running()).toEqual(['uid-b', 'uid-c']), patience)
    } finally {
      for (const { state, host, admission } of servers) {
        admission.close()
        await host.close()
        await state.close()
      }
      rmSync(directory, { recursive: true, force: true })
    }
  })
})
