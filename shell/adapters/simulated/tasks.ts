// Owns the answers of simulated HTTP and plugin templates, at the time that their stubs give.
import { httpVerdict } from '@tiphys/core/engine'
import type { PlannedTask } from '@tiphys/core/simulate'
import type { Clock, TaskOutcome, TaskRequest, TaskRunner } from '@tiphys/shell/ports'
import type { RunnerParts } from './runner.ts'

type TaskParts = Pick<RunnerParts, 'journal' | 'player' | 'clock' | 'stepOf'>

export function simulatedTasks(parts: TaskParts): TaskRunner {
  return {
    run: async (request) => {
      try {
        const plan = await planOf(request, parts)
        return await (plan === undefined ? until(request.signal) : answerAt(plan, parts.clock, request.signal))
      } catch (error) {
        return { phase: 'Error', message: error instanceof Error ? error.message : String(error) }
      }
    },
  }
}

/** A task that an earlier process began answers when it would have. */
async function planOf({ workflowUid, nodeId, template }: TaskRequest, { journal, player, clock, stepOf }: TaskParts): Promise<PlannedTask | undefined> {
  const k = `${workflowUid}+${nodeId}`
  const known = journal.tasks.get(k)
  if (known !== undefined) return known.plan
  const step = stepOf(workflowUid, nodeId) ?? { nodeName: nodeId, displayName: nodeId, templateName: template.name ?? '', workflowName: '', inputs: template.inputs }
  const plan = player.task({ ...step, templateName: step.templateName || (template.name ?? ''), seed: k, at: clock.now() }, { template }, httpVerdict)
  journal.append({ t: 'task', k, plan })
  await journal.flushed()
  return plan
}

function answerAt({ at, answer }: PlannedTask, clock: Clock, signal: AbortSignal): Promise<TaskOutcome | undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(undefined)
    const cancel = clock.at(at, () => resolve(outcomeOf(answer)))
    signal.addEventListener('abort', () => {
      cancel()
      resolve(undefined)
    }, { once: true })
  })
}

function outcomeOf({ phase, message = '', outputs }: PlannedTask['answer']): TaskOutcome {
  return { phase: phase === 'Succeeded' || phase === 'Failed' ? phase : 'Error', message, outputs }
}

function until(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}
