// Owns the command `tiphys node set`.
import { type RunRequest, parseParameter } from '@tiphys/core/engine'
import type { Flags, Invocation, Outcome } from '../flags/index.ts'
import { changeRun } from '../local/change.ts'
import { hintOf } from '../local/pause.ts'
import { look } from '../local/reader.ts'
import { findRun, notFoundMessage } from '../local/runs.ts'
import { nodeSelector } from '../print/index.ts'

export async function run(invocation: Invocation): Promise<Outcome> {
  const { args, flags, streams } = invocation
  const [action = '', name = ''] = args
  if (action !== 'set') return { error: `unknown action '${action}'` }
  const request = requestOf(flags)
  if (!request.ok) return { error: request.message }
  return look(invocation, async (session): Promise<Outcome> => {
    const found = await findRun(session.state, { name, namespace: session.namespace })
    if (!found.ok) return { error: found.message }
    const changed = await changeRun(session, found.run, request.request)
    if (!changed.ok) return { error: changed.message }
    streams.stdout('workflow values set\n')
    if (!changed.carried) streams.stderr(`${hintOf(found.run.name)}\n`)
    return { exit: 0 }
  }, () => ({ error: notFoundMessage(name) }))
}

type Request = { readonly ok: true; readonly request: RunRequest } | { readonly ok: false; readonly message: string }

function requestOf(flags: Flags): Request {
  const selector = flags.text('node-field-selector')
  const parsed = nodeSelector(selector)
  if (!parsed.ok) return { ok: false, message: `unable to parse node field selector '${selector}': ${parsed.problem.message}` }
  const outputParameters: [string, string][] = []
  for (const text of flags.list('output-parameter')) {
    const parameter = parseParameter(text)
    if (!parameter.ok) return { ok: false, message: parameter.problem.message }
    outputParameters.push([parameter.value.name, unquoted(parameter.value.value)])
  }
  return { ok: true, request: { kind: 'set', selector, phase: flags.text('phase'), message: flags.text('message'), outputParameters: Object.fromEntries(outputParameters) } }
}

/** Values may be quoted, so that they can hold line breaks. */
function unquoted(text: string): string {
  const raw = /^`([^`]*)`$/.exec(text)
  if (raw !== null) return raw[1] ?? ''
  if (!/^".*"$/s.test(text)) return text
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : text
  } catch {
    return text
  }
}
