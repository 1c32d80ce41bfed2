// Owns the ways in which a run begins in the foreground: new, taken up after an interruption, tried again, or made anew from an old one.
import { rmSync } from 'node:fs'
import { type RetryOptions, restartRun, resubmitWorkflow } from '@tiphys/core/engine'
import type { Workflow } from '@tiphys/core/spec'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { Retaken, RunHost } from '@tiphys/shell/runtime'
import type { Invocation, Outcome } from '../flags/index.ts'
import { carryOut } from './carry.ts'
import type { DataFolders } from './home.ts'
import { withIdentity } from './prepare.ts'
import { type StoredWorkflow, findRun, loadRun, workflowOf } from './runs.ts'
import { type LocalSession, claimRun, openSession, randomSuffix } from './session.ts'
import { type RunSetup, joinSetups, keepSetup, readSetup } from './setup.ts'

/** Exit codes when a run could not begin: `run` tells bad usage apart, the others follow Argo. */
const BAD_USAGE = 2
const REFUSED = 1

export interface Submission {
  readonly folders: DataFolders
  readonly workflow: Workflow
  readonly setup: RunSetup
}

export async function submitRun(invocation: Invocation, submission: Submission): Promise<Outcome> {
  return within(submission.folders, (session) => submitIn(invocation, session, { ...submission, refusedExit: BAD_USAGE }))
}

async function submitIn(invocation: Invocation, session: LocalSession, submission: Submission & { readonly refusedExit: number }): Promise<Outcome> {
  const { folders, workflow, setup, refusedExit } = submission
  const { uid = '', namespace = '', name = '' } = workflow.metadata
  const begin = async (host: RunHost): Promise<Retaken> => {
    // Before the run is there: what it was given must not be lost by a crash right after it began.
    keepSetup(folders, uid, setup)
    const taken = await host.submit(workflow)
    if (!taken.ok) rmSync(folders.runner(uid), { recursive: true, force: true })
    if (taken.ok || taken.problem.code !== 'already_exists') return taken
    const message = `there is a workflow ${JSON.stringify(name)} already: give another name with --name, or delete it with: tiphys delete ${name}`
    return { ok: false, problem: { code: 'already_exists', message } }
  }
  return carryOut(invocation, { session, uid, namespace, setup, begin, refusedExit })
}

export interface Again {
  readonly folders: DataFolders
  readonly name: string
  /** What the command line adds to what the run was given at first. */
  readonly given: RunSetup
}

/** Takes up a run whose process is gone. */
export async function resumeRun(invocation: Invocation, again: Again): Promise<Outcome> {
  return takenUp(invocation, again, {
    begin: (host, uid) => host.resume(uid),
    refusal: ({ summary }) => (summary.finishedAt === undefined ? undefined : `${again.name} has ended: retry or resubmit it`),
    refusedExit: BAD_USAGE,
  })
}

export async function retryRun(invocation: Invocation, again: Again & { readonly options: Omit<RetryOptions, 'at'> }): Promise<Outcome> {
  return takenUp(invocation, again, {
    begin: (host, uid) => host.retry(uid, { ...again.options, at: systemClock.now() }),
    refusal: ({ submitted, stored }) => {
      const planned = restartRun(submitted, stored, { ...again.options, at: systemClock.now() })
      return planned.ok ? undefined : planned.problem.message
    },
    refusedExit: REFUSED,
  })
}

interface Manner {
  readonly begin: (host: RunHost, uid: string) => Promise<Retaken>
  /** Why the run as it stands cannot be taken up. */
  readonly refusal: (run: StoredWorkflow) => string | undefined
  readonly refusedExit: number
}

async function takenUp(invocation: Invocation, again: Again, { begin, refusal, refusedExit }: Manner): Promise<Outcome> {
  return within(again.folders, async (session) => {
    const found = await findStored(session, again.name, invocation.flags.text('namespace'))
    if (!found.ok) return { error: found.message, exit: refusedExit }
    const { uid, namespace } = found.run.summary
    const problem = refusal(found.run)
    if (problem !== undefined) return { error: problem, exit: refusedExit }
    const claimed = await claimRun(session.state, uid)
    if (!claimed.ok) return { error: `${again.name} is carried out by another process`, exit: refusedExit }
    const setup = joinSetups(readSetup(again.folders, uid), again.given)
    keepSetup(again.folders, uid, setup)
    return carryOut(invocation, { session, uid, namespace, setup, begin: (host) => begin(host, uid), refusedExit })
  })
}

type FoundStored = { readonly ok: true; readonly run: StoredWorkflow } | { readonly ok: false; readonly message: string }

async function findStored({ state }: LocalSession, name: string, namespace: string): Promise<FoundStored> {
  const found = await findRun(state, { name, namespace: namespace || undefined })
  if (!found.ok) return found
  const loaded = await loadRun(state, found.run.uid)
  return loaded.ok ? { ok: true, run: loaded.value } : loaded
}

export interface Resubmission extends Again {
  readonly memoized: boolean
  readonly parameters: readonly string[]
  readonly priority: number | undefined
}

/** Makes a new run of an old one. */
export async function resubmitRun(invocation: Invocation, again: Resubmission): Promise<Outcome> {
  return within(again.folders, async (session) => {
    const found = await findStored(session, again.name, invocation.flags.text('namespace'))
    if (!found.ok) return { error: found.message, exit: REFUSED }
    const { folders, memoized, parameters, priority } = again
    const at = systemClock.now()
    const made = resubmitWorkflow(workflowOf(found.run), { memoized, parameters, suffix: randomSuffix(), at })
    if (!made.ok) return { error: made.problem.message, exit: REFUSED }
    const spec = priority === undefined ? made.value.spec : { ...made.value.spec, priority }
    const workflow = withIdentity({ ...made.value, spec }, found.run.summary.namespace, at)
    const setup = joinSetups(readSetup(folders, found.run.summary.uid), again.given)
    return submitIn(invocation, session, { folders, workflow, setup, refusedExit: REFUSED })
  })
}

async function within(folders: DataFolders, work: (session: LocalSession) => Promise<Outcome>): Promise<Outcome> {
  const session = openSession(folders, 'carry')
  try {
    return await work(session)
  } finally {
    session.state.close()
  }
}
