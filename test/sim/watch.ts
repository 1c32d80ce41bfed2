// Owns what must hold around every turn of a run, seen from outside: a second opinion that shares no code with the engine but its own account of waits.
import { type EngineEvent, type RunNode, type StepResult, type StartPod, type WaitsFor, isFinished, toWorkflow, waitsOf } from '@tiphys/core/engine'
import { type Cell, type Machine, keyOf } from './machine.ts'
import type { Recorder } from './recorder.ts'

export class Broken extends Error {}

export class Watch {
  private readonly machine: Machine
  private readonly index: number
  /** What finished nodes were like when they had. */
  private readonly finished = new Map<string, string>()
  /** Names of pods by node, since the engine was last started. */
  private readonly asked = new Map<string, string>()
  private readonly nodeOfPod = new Map<string, string>()
  private end: string | undefined
  private latest: string[] = []
  private latestEnded = false

  constructor(machine: Machine, index: number) {
    this.machine = machine
    this.index = index
  }

  private get cell(): Cell {
    return this.machine.cells[this.index] as Cell
  }

  private broken(what: string): never {
    throw new Broken(`${this.cell.run.name} at turn ${this.machine.turns}: ${what}`)
  }

  /** The engine was started anew: it may ask once more for what is under way. */
  restarted(): void {
    this.asked.clear()
  }

  /** A new attempt of the run: what it keeps is finished as before, and the rest starts anew. */
  retried(): void {
    this.restarted()
    this.finished.clear()
    this.end = undefined
    for (const node of this.cell.run.nodes.values()) if (isFinished(node)) this.noteEnd(node)
  }

  /** The last turn was lost before it was stored. */
  forget(): void {
    for (const id of this.latest) this.finished.delete(id)
    if (this.latestEnded) this.end = undefined
  }

  afterTurn(events: readonly EngineEvent[], result: StepResult): void {
    this.latest = []
    this.latestEnded = false
    if (this.end !== undefined) return this.staysEnded(result)
    for (const effect of result.effects) if (effect.type === 'startPod') this.onStartPod(effect)
    for (const [id, before] of this.finished) {
      const node = this.cell.run.nodes.get(id)
      if (node === undefined) this.broken(`finished node ${id} is gone`)
      const now = imageOf(node)
      if (now !== before && !this.failedByHook(node, before)) this.broken(`finished node ${node.name} changed by ${events.map(({ type }) => type).join(', ')}:\n${before}\n${now}`)
    }
    for (const node of this.cell.run.nodes.values()) if (isFinished(node) && !this.finished.has(node.id)) this.noteEnd(node)
    this.isWellFormed()
    this.counts()
    if (!this.cell.run.status.completed) return
    this.end = JSON.stringify(toWorkflow(this.cell.run))
    this.latestEnded = true
  }

  private noteEnd(node: RunNode): void {
    this.finished.set(node.id, imageOf(node))
    this.latest.push(node.id)
  }

  private staysEnded(result: StepResult): void {
    if (result.changed.size > 0) this.broken('a node changed after the end of the run')
    if (result.effects.some(({ type }) => type !== 'stopPod' && type !== 'deleteClaims' && type !== 'saveCache')) this.broken(`effects after the end: ${JSON.stringify(result.effects)}`)
    if (JSON.stringify(toWorkflow(this.cell.run)) !== this.end) this.broken('the run changed after its end')
  }

  /** A hook that could not be run makes an Error even of what it belongs to. */
  private failedByHook(node: RunNode, before: string): boolean {
    const { nodes } = this.cell.run
    const hookFailed = node.children.some((id) => nodes.get(id)?.flag?.hooked === true && nodes.get(id)?.phase !== 'Succeeded')
    const was = JSON.parse(before) as RunNode
    const same = node.phase === 'Error' && imageOf({ ...was, phase: 'Error', message: node.message }) === imageOf(node)
    if (hookFailed && same) this.noteEnd(node)
    return hookFailed && same
  }

  private onStartPod({ node, podName }: StartPod): void {
    const known = this.cell.run.nodes.get(node)
    if (known === undefined) this.broken(`a pod for the unknown node ${node}`)
    if (this.finished.has(node)) this.broken(`a pod for ${known.name}, which has finished`)
    if (this.asked.has(node)) this.broken(`a second pod for ${known.name}`)
    const other = this.nodeOfPod.get(podName)
    if (other !== undefined && other !== node) this.broken(`${known.name} and ${other} share the pod ${podName}`)
    this.asked.set(node, podName)
    this.nodeOfPod.set(podName, node)
  }

  private isWellFormed(): void {
    const { nodes } = this.cell.run
    const names = new Set<string>()
    for (const [id, node] of nodes) {
      if (id !== node.id) this.broken(`${node.name} is under ${id}, not ${node.id}`)
      if (names.has(node.name)) this.broken(`two nodes are called ${node.name}`)
      names.add(node.name)
      for (const child of node.children) if (!nodes.has(child)) this.broken(`${node.name} has the unknown child ${child}`)
      if (new Set(node.children).size !== node.children.length) this.broken(`${node.name} has a child twice`)
      if (node.boundaryId !== undefined && !nodes.has(node.boundaryId)) this.broken(`${node.name} has an unknown boundary`)
      if (isFinished(node) !== (node.finishedAt !== undefined) && !node.daemoned) this.broken(`${node.name} is ${node.phase} and finished at ${String(node.finishedAt)}`)
    }
  }

  /** Counters that limits read must be what one counts. */
  private counts(): void {
    const { run } = this.cell
    const open = [...run.nodes.values()].filter((node) => node.phase === 'Pending' || node.phase === 'Running')
    const pods = open.filter((node) => node.type === 'Pod' && node.podStarted)
    if (run.activePods !== pods.length) this.broken(`${run.activePods} pods are counted, and ${pods.length} there`)
    const limit = run.spec.parallelism
    if (limit !== undefined && pods.length > limit) this.broken(`${pods.length} pods at once, more than ${limit}`)
    for (const [boundary, counters] of run.counters) {
      const inside = open.filter((node) => (node.boundaryId ?? '') === boundary && (node.type === 'Pod' || node.type === 'Steps' || node.type === 'DAG'))
      if (counters.active !== inside.length) this.broken(`${boundary} counts ${counters.active} active children, and there are ${inside.length}`)
    }
    let done = 0
    let total = 0
    for (const node of run.nodes.values()) {
      if (!EXECUTABLE.has(node.type)) continue
      const [finished = 0, all = 0] = (node.progress ?? '').split('/').map(Number)
      done += finished
      total += all
    }
    if (run.status.progressDone !== done || run.status.progressTotal !== total) this.broken(`progress is ${run.status.progressDone}/${run.status.progressTotal}, not ${done}/${total}`)
  }

  /** What is stored is what is there, byte for byte. */
  replays(recorder: Recorder): void {
    const live = JSON.stringify(toWorkflow(this.cell.run))
    const stored = JSON.stringify(recorder.view())
    if (live !== stored) this.broken(`the log tells another state: ${firstDifference(stored, live)}`)
  }

  /** Every unfinished node waits for something that will come. */
  waits(): void {
    const { run } = this.cell
    if (run.status.completed || !this.cell.begun || this.machine.agenda.has(({ run: of, key }) => of === this.index && key === 'start')) return
    const waits = waitsOf(run, this.machine.now)
    const naming = new Set(waits.map(({ node }) => node))
    if (!naming.has(undefined)) this.broken('the run as a whole waits for nothing')
    for (const node of run.nodes.values()) if (!isFinished(node) && !naming.has(node.id)) this.broken(`${node.name} (${node.type} ${node.phase}) waits for nothing`)
    for (const { node, name, waitsFor } of waits) {
      const problem = this.dead(waitsFor, node === undefined ? undefined : run.nodes.get(node))
      if (problem !== undefined) this.broken(`${name} waits for ${JSON.stringify(waitsFor)}: ${problem}`)
    }
  }

  /** Why a wait is for something that never comes. */
  private dead(wait: WaitsFor, node: RunNode | undefined): string | undefined {
    const { run } = this.cell
    switch (wait.kind) {
      case 'pod': return this.deadPod(node)
      case 'task': return this.isDue(`task ${node?.id ?? ''}`) ? undefined : 'no answer is under way'
      case 'time': return run.suspended || this.isDue(`timer ${wait.what === 'suspend' ? 'suspend' : 'retry'} ${node?.id ?? ''}`) ? undefined : 'there is no timer'
      case 'person': return wait.of === 'node' || run.suspended ? undefined : 'the run is not suspended'
      case 'lock': return this.deadLock(wait.lock)
      case 'parallelism': return run.activePods > 0 || [...run.nodes.values()].some((other) => !isFinished(other) && other.type !== 'Retry') ? undefined : 'nothing holds a place'
      case 'nodes':
      case 'hooks': {
        const over = wait.nodes.find((id) => run.nodes.get(id) === undefined || isFinished(run.nodes.get(id) as RunNode))
        return over === undefined && wait.nodes.length > 0 ? undefined : `${over ?? 'nothing'} is not under way`
      }
      case 'end': return wait.node === undefined || run.nodes.get(wait.node)?.finishedAt === undefined ? undefined : 'what the daemon serves has ended'
      case 'start': return 'it has begun'
      case 'turn': return 'nothing outside the engine'
    }
  }

  /** A lock comes from whoever has it, or after whoever is before this one in its queue and may be waiting for a person. */
  private deadLock(lock: string): string | undefined {
    const { run } = this.cell
    if (run.suspended || run.activePods >= (run.spec.parallelism ?? Infinity) || this.machine.agenda.has(({ key }) => key === 'locks' || key === 'start')) return undefined
    const held = this.machine.cells.some((cell) => [...cell.run.locksHeld.values()].some((names) => names.includes(lock)))
    const queued = this.machine.cells.some((cell) => cell.run !== run && cell.run.suspended && [...cell.run.nodes.values()].some(({ waitingLock }) => waitingLock === lock))
    return held || queued ? undefined : 'nobody has the lock'
  }

  private deadPod(node: RunNode | undefined): string | undefined {
    const { run } = this.cell
    const owner = node?.type === 'Container' ? run.nodes.get(node.boundaryId ?? '') : node
    const name = this.asked.get(owner?.id ?? '')
    if (name === undefined) return 'no pod was asked for'
    const pod = this.machine.pods.get(keyOf(this.cell, name, this.cell.recorder.attempts[owner?.id ?? ''] ?? 0))
    if (pod !== undefined && !pod.ended) return undefined
    return this.isDue(`fact ${owner?.id ?? ''}`) ? undefined : 'its pod has ended, and nothing of it is on its way'
  }

  private isDue(key: string): boolean {
    return this.machine.agenda.has((entry) => entry.run === this.index && entry.key === key)
  }

  /** A snapshot and the records behind it tell the same as all records. */
  private foldsBySnapshot(): void {
    const { recorder } = this.cell
    const [whole, parts] = [recorder.state(), recorder.stateBySnapshot(Math.floor(recorder.records.length / 2))].map((state) => JSON.stringify({ ...state, nodes: [...state.nodes] }))
    if (whole !== parts) this.broken(`a snapshot tells another state: ${firstDifference(parts ?? '', whole ?? '')}`)
  }

  /** When nothing is under way any more. */
  atEnd(): void {
    const { run } = this.cell
    this.foldsBySnapshot()
    if (!run.status.completed) {
      const waits = waitsOf(run, this.machine.now).map(({ name, waitsFor }) => `${name} for ${JSON.stringify(waitsFor)}`)
      this.broken(`it never ends: ${waits.join('; ')}`)
    }
    for (const node of run.nodes.values()) if (!isFinished(node)) this.broken(`the run has ended, and ${node.name} is ${node.phase}`)
    if (run.locksHeld.size > 0) this.broken(`it ended with the locks of ${[...run.locksHeld.keys()].join(', ')}`)
    for (const pod of this.machine.pods.values()) if (pod.run === this.index && !pod.ended) this.broken(`the pod ${pod.effect.podName} runs for ever`)
    if (run.status.phase === 'Succeeded' && this.cell.claims.size > 0) this.broken('claims are left')
  }
}

const EXECUTABLE: ReadonlySet<string> = new Set(['Pod', 'HTTP', 'Plugin', 'Container', 'Suspend'])

function imageOf({ name, type, phase, message, startedAt, finishedAt, inputs, outputs, daemoned }: RunNode): string {
  return JSON.stringify({ name, type, phase, message, startedAt, finishedAt, inputs, outputs, daemoned })
}

function firstDifference(a: string, b: string): string {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  const from = Math.max(0, at - 80)
  return `…${a.slice(from, at + 80)}… instead of …${b.slice(from, at + 80)}…`
}
