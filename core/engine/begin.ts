// The first turn of a run, or the first after a restart: locks of the workflow, its claims, and the call of its entrypoint (START-1 … START-6).
import type { Call, Turn } from './model.ts'
import type { ClaimRequest } from './effects.ts'
import { enter } from './call.ts'
import { chooseRepository } from './artifact-repository.ts'
import { literalArguments } from './arguments.ts'
import { localContext } from './templates.ts'
import { ENTRY_PREFIX, end } from './conclude.ts'
import { wantedLocks } from './locks.ts'
import { runKey } from './locking.ts'
import { redo } from './redo.ts'
import { measureRunStart } from './metrics.ts'

export function begin(turn: Turn): void {
  const { run } = turn
  if (run.begun) return
  if (run.problem !== undefined) return end(turn, run.problem.phase, run.problem.message)
  if (!hasRepository(turn) || !acquireWorkflowLocks(turn)) return
  if (run.status.phase !== 'Running' || run.nodes.size > 0 || !run.suspended) markRunning(turn)
  // Nothing new starts while the run is suspended; whoever resumes it begins again.
  if (run.suspended && run.nodes.size === 0) return
  run.begun = true
  createClaims(turn)
  redo(turn)
  measureRunStart(turn)
  run.context = localContext(run.storedSpec === undefined ? run.name : '', run.spec)
  const call: Call = {
    name: run.name, kind: 'step', label: '', template: run.spec.entrypoint, templateRef: undefined, inline: undefined,
    args: literalArguments(run.spec.arguments), context: run.context, boundary: undefined, onExit: false, hooked: false,
  }
  const outcome = enter(turn, call, undefined)
  if (outcome.kind === 'failed') run.rootFailure = `${ENTRY_PREFIX}${outcome.message}`
  if (outcome.kind === 'entered') run.root = outcome.frame
}

function hasRepository(turn: Turn): boolean {
  const { run, world } = turn
  if (run.status.repository !== undefined) return true
  const chosen = chooseRepository(run, world)
  if (chosen.ok) run.status.repository = chosen.ref
  else end(turn, 'Error', `failed to resolve artifact repository: ${chosen.message}`)
  return chosen.ok
}

/** Locks of the workflow are taken before anything runs; while it waits for one it is Pending (SYNC-5). */
function acquireWorkflowLocks(turn: Turn): boolean {
  const { run, world } = turn
  const sync = run.spec.synchronization
  if (sync === undefined || run.locked) return true
  const wanted = wantedLocks(sync, run.namespace, world.catalog)
  if (!wanted.ok) {
    end(turn, 'Failed', `Failed to acquire the synchronization lock. ${wanted.message}`)
    return false
  }
  const result = world.locks.acquire({ holder: runKey(run), run: runKey(run), uid: run.uid, priority: run.spec.priority ?? 0, createdAt: run.createdAt, locks: wanted.locks })
  turn.statusChanged = true
  if (result.acquired) {
    run.locked = true
    run.locksHeld.set(runKey(run), wanted.locks.map(({ name }) => name))
    return true
  }
  if (run.shutdown === 'Terminate') end(turn, 'Failed', `Stopped with strategy '${run.shutdown}'`)
  else {
    run.status.phase = 'Pending'
    run.status.message = result.message === '' ? undefined : result.message
  }
  return false
}

function markRunning(turn: Turn): void {
  const { run } = turn
  run.status.phase = 'Running'
  run.status.message = undefined
  run.status.startedAt ??= turn.at
  turn.statusChanged = true
  turn.effects.push({ type: 'recordEvent', key: 'running', level: 'Normal', reason: 'WorkflowRunning', message: 'Workflow Running' })
  const seconds = run.spec.activeDeadlineSeconds
  if (seconds === undefined) return
  run.deadline = Math.floor(run.status.startedAt / 1000) * 1000 + seconds * 1000
  turn.effects.push({ type: 'startTimer', key: 'deadline', at: run.deadline })
}

/** Claims of `volumeClaimTemplates`: one volume each, mounted under the template's name (VOL-2). */
function createClaims(turn: Turn): void {
  const { run } = turn
  const templates = run.spec.volumeClaimTemplates ?? []
  if (templates.length === 0 || run.status.claims.length > 0) return
  const claims: ClaimRequest[] = templates.map((template) => {
    const volume = template.metadata?.name ?? ''
    return { name: `${run.name}-${volume}`, volume, spec: template.spec }
  })
  run.status.claims = claims.map(({ name, volume }) => ({ name: volume, persistentVolumeClaim: { claimName: name } }))
  turn.effects.push({ type: 'createClaims', key: 'claims', claims })
}

