// Owns a stage for controllers: the real state in a folder of its own, a clock that is moved by hand, and workflows that are only noted.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resourceOfKind } from '@tiphys/core/api'
import { defaultConfig } from '@tiphys/core/controllers'
import type { CronWorkflow } from '@tiphys/core/spec'
import { type State, openState } from '@tiphys/shell/adapters/sqlite'
import type { Clock, KubeObject } from '@tiphys/shell/ports'
import { CronController, type WorkflowActions, followRuns } from '@tiphys/shell/runtime'

const CRONS = resourceOfKind('CronWorkflow')

/** Time stands still until somebody moves it. */
export class HandClock implements Clock {
  private time: number
  private readonly timers = new Set<{ readonly at: number; readonly callback: () => void }>()

  constructor(time: string) {
    this.time = Date.parse(time)
  }

  now(): number {
    return this.time
  }

  at(time: number, callback: () => void): () => void {
    const timer = { at: time, callback }
    this.timers.add(timer)
    return () => this.timers.delete(timer)
  }

  /** Sets the clock, forward or back, and calls what is due by then. */
  set(time: string): void {
    this.time = Date.parse(time)
    for (const timer of [...this.timers]) {
      if (timer.at > this.time || !this.timers.delete(timer)) continue
      timer.callback()
    }
  }
}

/** Stops a process in its tracks: from the given call on nothing that it asks for happens or returns. */
export interface Fuse {
  /** Calls that are still answered; the one that burns it is either done or not, and never answered. */
  left: number
  readonly afterwards: boolean
}

function fused<A extends readonly unknown[], T>(fuse: Fuse | undefined, call: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
  return async (...args) => {
    if (fuse === undefined) return call(...args)
    fuse.left -= 1
    if (fuse.left > 0) return call(...args)
    if (fuse.left === 0 && fuse.afterwards) await call(...args)
    return new Promise<never>(() => undefined)
  }
}

export interface Stage {
  readonly clock: HandClock
  readonly state: State
  readonly told: string[]
  /** Starts a process; `fuse` makes it die. */
  start(fuse?: Fuse): Promise<Process>
  make(cron: Partial<CronWorkflow['spec']>): Promise<void>
  cron(): Promise<CronWorkflow>
  change(edit: (cron: CronWorkflow) => CronWorkflow): Promise<void>
  /** Names of all workflows there are, in order. */
  names(): Promise<readonly string[]>
  finish(name: string, phase: string): Promise<void>
  close(): void
}

export interface Process {
  readonly submitted: string[]
  readonly terminated: string[]
  /** Resolves once nothing is under way any more. */
  settled(): Promise<void>
  stop(): Promise<void>
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2))

export function openStage(time: string): Stage {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tiphys-cron-'))
  const clock = new HandClock(time)
  const state = openState(folder, { owner: { id: 'test', info: '{}' }, now: () => clock.now() })
  const told: string[] = []
  const key = { type: CRONS, namespace: 'argo', name: 'tick' }
  const cron = async (): Promise<CronWorkflow> => {
    const found = await state.objects.get(key)
    if (!found.ok) throw new Error(found.problem.message)
    return found.value as unknown as CronWorkflow
  }
  const list = async () => {
    const page = await state.runs.list({ order: 'name' })
    return page.ok ? page.value.runs : []
  }
  return {
    clock, state, told, cron,
    start: (fuse) => startProcess({ clock, state, told }, fuse),
    make: async (spec) => {
      const workflowSpec = { entrypoint: 'main', templates: [{ name: 'main', container: { image: 'x' } }] }
      const made = await state.objects.create(CRONS, { apiVersion: 'argoproj.io/v1alpha1', kind: 'CronWorkflow', metadata: { name: 'tick', namespace: 'argo' }, spec: { schedules: ['* * * * *'], workflowSpec, ...spec } } as KubeObject)
      if (!made.ok) throw new Error(made.problem.message)
    },
    change: async (edit) => void (await state.objects.update(CRONS, edit(await cron()) as unknown as KubeObject)),
    names: async () => (await list()).map(({ name }) => name),
    finish: async (name, phase) => {
      const run = (await list()).find((candidate) => candidate.name === name)
      if (run !== undefined) await state.log.append(run.uid, run.seq, { record: '{}', change: { phase, finishedAt: clock.now() } })
    },
    close: () => {
      state.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

let uids = 0

async function startProcess({ clock, state, told }: Pick<Stage, 'clock' | 'state' | 'told'>, fuse: Fuse | undefined): Promise<Process> {
  const [submitted, terminated]: [string[], string[]] = [[], []]
  const actions = actionsOn(state, { submitted, terminated })
  const stop = new AbortController()
  const { objects } = state
  const controller = new CronController({
    objects: {
      create: (...args) => objects.create(...args), get: fused(fuse, (key) => objects.get(key)), update: fused(fuse, (...args) => objects.update(...args)),
      delete: (...args) => objects.delete(...args), list: (query) => objects.list(query), watch: (query) => objects.watch(query), ownedBy: (uid) => objects.ownedBy(uid),
    },
    type: CRONS, runs: state.runs, clock, localZone: 'UTC', specError: () => undefined, config: defaultConfig, tell: (message) => told.push(message),
    actions: { submit: fused(fuse, actions.submit), terminate: fused(fuse, actions.terminate), remove: fused(fuse, actions.remove) },
  })
  followRuns(state.runs, { changed: (run) => run.finishedAt !== undefined && controller.childChanged(run), removed: (run) => controller.childChanged(run), missed: () => controller.wakeAll() }, stop.signal)
  await controller.start(stop.signal)
  const settled = async (): Promise<void> => {
    for (let quiet = 0, seen = ''; quiet < 4;) {
      await turn()
      await state.idle()
      const page = await state.objects.list({ type: CRONS })
      const now = `${submitted.length} ${terminated.length} ${page.ok ? page.value.resourceVersion : ''} ${fuse?.left ?? ''}`
      quiet = now === seen ? quiet + 1 : 0
      seen = now
    }
  }
  await settled()
  return {
    submitted, terminated, settled,
    stop: async () => {
      stop.abort()
      // One that is dead answers nothing more.
      if (fuse === undefined || fuse.left > 0) await controller.close()
      else void controller.close()
    },
  }
}

function actionsOn(state: State, { submitted, terminated }: Pick<Process, 'submitted' | 'terminated'>): WorkflowActions {
  return {
    submit: async (workflow) => {
      const { name = '', namespace = '', ownerReferences = [], labels = {} } = workflow.metadata
      const there = await state.runs.find(namespace, name)
      if (there.ok) return { ok: false, already: true }
      const uid = `w${++uids}`
      const made = await state.log.create({ uid, namespace, name, phase: 'Running', createdAt: 0, labels, owners: ownerReferences.flatMap((owner) => owner.uid ?? []), manifest: '{}' })
      if (!made.ok) return made.problem.code === 'already_exists' ? { ok: false, already: true } : { ok: false, already: false, message: made.problem.message }
      submitted.push(name)
      return { ok: true, child: { name, namespace, uid, resourceVersion: '1' } }
    },
    terminate: async (_namespace, name) => void terminated.push(name),
    remove: async ({ uid }) => void (await state.log.remove(uid)),
  }
}
