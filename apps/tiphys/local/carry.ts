// Owns carrying out one run in the foreground: from the moment it is given to the runtime until it has ended and its result is printed.
import { type Run, type RunNode, isFinished } from '@tiphys/core/engine'
import { removeStaleSockets } from '@tiphys/shell/adapters/control'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { Retaken, RunHost, RunUpdate } from '@tiphys/shell/runtime'
import type { Invocation, Outcome } from '../flags/index.ts'
import { type LocalHost, openLocalHost } from './host.ts'
import { listen } from './listen.ts'
import { onInterrupts } from './interrupts.ts'
import { LogFollower, podLogs } from './log-lines.ts'
import { isGone } from './owner.ts'
import { printResult } from './result.ts'
import type { LocalSession } from './session.ts'
import type { RunSetup } from './setup.ts'
import { openView, type RunView } from './view.ts'

export interface Carry {
  readonly session: LocalSession
  readonly uid: string
  readonly namespace: string
  readonly setup: RunSetup
  /** Gives the run to the runtime: new, taken up, or retried. */
  readonly begin: (host: RunHost) => Promise<Retaken>
  /** Exit code when it could not begin. */
  readonly refusedExit: number
}

const HEARTBEAT_MS = 5000

type Ending =
  | { readonly kind: 'completed'; readonly attempts: Readonly<Record<string, number>> }
  | { readonly kind: 'lost'; readonly message: string }

interface Carried {
  readonly local: LocalHost
  readonly view: RunView
  readonly follower: LogFollower | undefined
  readonly ended: Promise<Ending>
}

/** Carries the run out and prints its result. The exit code is 0 when it succeeded and 1 when not. */
export async function carryOut(invocation: Invocation, carry: Carry): Promise<Outcome> {
  const carried = await open(invocation, carry)
  const control = listen({ session: carry.session, uid: carry.uid, host: carried.local.host, onTrouble: (message) => carried.view.note(message) })
  const taken = await carry.begin(carried.local.host)
  if (!taken.ok) {
    carried.view.close()
    await Promise.all([control?.close(), carried.local.close()])
    return { error: taken.problem.message, exit: carry.refusedExit }
  }
  const ending = await attend(carried, { carry, run: taken.run })
  await control?.close()
  await carried.local.ended()
  await carry.session.state.log.release(carry.uid)
  carried.view.close()
  if (ending.kind === 'completed') await printResult(invocation, { run: taken.run, attempts: ending.attempts, logs: carried.local.logs })
  await carried.local.close()
  if (ending.kind === 'lost') return { error: `${taken.run.name} is no longer this process's to carry out: ${ending.message}` }
  return { exit: taken.run.status.phase === 'Succeeded' ? 0 : 1 }
}

async function open(invocation: Invocation, { session, uid, namespace, setup }: Carry): Promise<Carried> {
  let end: (ending: Ending) => void = () => undefined
  const ended = new Promise<Ending>((resolve) => { end = resolve })
  const view = openView(invocation)
  const wantsLogs = invocation.flags.bool('log')
  let follower: LogFollower | undefined
  let seen = false
  const onUpdate = (update: RunUpdate): void => {
    view.update(update)
    // Steps of a run that is taken up may print without ever changing.
    const looked = seen ? update.changed : [...update.run.nodes.values()].filter((node) => !isFinished(node))
    seen = true
    if (follower !== undefined) followLogs(follower, { host: local.host, run: update.run, looked })
    if (update.run.status.completed) end({ kind: 'completed', attempts: local.host.attemptsOf(uid) })
  }
  const local = await openLocalHost({
    session, uid, namespace, setup, onUpdate, onTrouble: (message) => view.trouble(message), onNote: (message) => view.note(`note: ${message}`),
    onLost: (_run, message) => end({ kind: 'lost', message }),
  })
  if (wantsLogs) follower = new LogFollower(local.logs, {}, (line) => view.log(line))
  return { local, view, follower, ended }
}

/** Steps that print have a Running node, or one that ended before it was seen running. */
function followLogs(follower: LogFollower, { host, run, looked }: { readonly host: RunHost; readonly run: Run; readonly looked: Iterable<RunNode> }): void {
  const nodes = new Map<string, RunNode>()
  for (const node of looked) if (node.type === 'Pod' && node.phase !== 'Pending') nodes.set(node.id, node)
  if (nodes.size === 0) return
  for (const log of podLogs({ ...run, nodes: withContainers(run, nodes) }, host.attemptsOf(run.uid), { pod: '', container: undefined, previous: false })) follower.follow(log)
}

function withContainers(run: Run, pods: Run['nodes']): Run['nodes'] {
  const nodes = new Map(pods)
  const work = [...pods.values()]
  for (let node = work.pop(); node !== undefined; node = work.pop()) {
    for (const id of node.children) {
      const child = run.nodes.get(id)
      if (child?.type !== 'Container' || nodes.has(id)) continue
      nodes.set(id, child)
      work.push(child)
    }
  }
  return nodes
}

/** Waits for the end, with everything that keeps the run in touch with the outside meanwhile. */
async function attend(carried: Carried, { carry, run }: { readonly carry: Carry; readonly run: Run }): Promise<Ending> {
  const { local, view, follower, ended } = carried
  // A pipe that nobody reads any more is no reason to leave a workflow half done.
  process.stdout.removeAllListeners('error').on('error', () => undefined)
  const stopListening = listenToPerson(carried, run)
  const heartbeat = setInterval(() => void carry.session.state.log.heartbeat(systemClock.now()).catch(() => undefined), HEARTBEAT_MS)
  setImmediate(() => removeStaleSockets(carry.session.folders.sockets, isGone))
  const ending = await ended
  if (ending.kind === 'completed') await drain(local, view)
  await follower?.ended()
  clearInterval(heartbeat)
  stopListening()
  return ending
}

const PATIENCE_MS = 1000

/** A step that ignores a polite signal is killed after its grace period, which needs this process. */
async function drain({ host }: LocalHost, view: RunView): Promise<void> {
  const told = setTimeout(() => view.note('waiting for steps that were told to end; press Ctrl-C to kill them'), PATIENCE_MS)
  await host.drained()
  clearTimeout(told)
}

function listenToPerson({ local, view }: Carried, run: Run): () => void {
  const shutDown = (strategy: 'Stop' | 'Terminate'): void => void local.host.deliver(run.uid, { type: 'shutdownRequested', at: systemClock.now(), strategy })
  return onInterrupts({
    isOver: () => run.status.completed,
    stop: () => {
      view.note('stopping: exit handlers run; press Ctrl-C again to terminate')
      shutDown('Stop')
    },
    terminate: () => {
      view.note('terminating')
      shutDown('Terminate')
    },
    kill: () => void local.host.killPods(),
  })
}
