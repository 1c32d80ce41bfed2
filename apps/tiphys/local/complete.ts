// Owns what the shell offers for values: names of workflows, of namespaces, of phases.
import type { Candidate, CompletionQuery } from '../flags/index.ts'
import { SHELLS } from '../flags/index.ts'
import { completeFromServer } from '../remote/complete.ts'
import { dataFolders } from './home.ts'
import { hasState, openSession } from './session.ts'

const PHASES = ['Pending', 'Running', 'Succeeded', 'Skipped', 'Failed', 'Error']
const OFFERED_MAX = 200

/** Failing is an empty list: a shell has nowhere to show errors. */
export async function completeValue(query: CompletionQuery, env: Readonly<Record<string, string | undefined>>): Promise<readonly Candidate[]> {
  switch (query.kind) {
    case 'phases': return PHASES.map((value) => ({ value }))
    case 'shells': return SHELLS.map((value) => ({ value }))
    case 'workflows': return (await completeFromServer(query, env)) ?? (await runs(query, env)).filter(({ value }) => !query.args.includes(value))
    case 'namespaces': return (await completeFromServer(query, env)) ?? [...new Set((await runs(query, env)).map(({ namespace }) => namespace))].map((value) => ({ value }))
    default: return (await completeFromServer(query, env)) ?? []
  }
}

async function runs(query: CompletionQuery, env: Readonly<Record<string, string | undefined>>): Promise<readonly (Candidate & { readonly namespace: string })[]> {
  try {
    const folders = dataFolders(query.flag('data-dir') ?? '', env)
    if (!hasState(folders)) return []
    const { state } = openSession(folders, 'look')
    const page = await state.runs.list({ archived: false, limit: OFFERED_MAX })
    state.close()
    return page.ok ? page.value.runs.map(({ name, namespace, phase }) => ({ value: name, description: phase, namespace })) : []
  } catch {
    return []
  }
}
