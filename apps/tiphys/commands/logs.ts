// Owns the command `tiphys logs`.
import { RFC3339, goTimeToMs, matchesLabels, parseGoTime, parseLabelSelector } from '@tiphys/core/kube'
import { regexTest } from '@tiphys/core/expr'
import type { Flags, Invocation, Outcome } from '../flags/index.ts'
import { look } from '../local/reader.ts'
import { findRun, notFoundMessage } from '../local/runs.ts'
import { type LogWish, tellLogs } from '../local/logs.ts'
import { logLine, printable } from '../print/index.ts'
import { lookFor } from '../terminal/index.ts'

export async function run(invocation: Invocation): Promise<Outcome> {
  const { args, flags } = invocation
  const [name = '', pod = ''] = args
  const wish = wishOf(flags, pod)
  if (!wish.ok) return { error: wish.message }
  return look(invocation, async (session): Promise<Outcome> => {
    const found = await findRun(session.state, { name, namespace: session.namespace })
    if (!found.ok) return { error: found.message }
    const told = await tellLogs(session, found.run, { ...wish.wish, tell: printer(invocation) })
    if (!told.ok) return { error: told.message }
    if (!told.found && pod !== '' && flags.text('compat') !== 'argo') return { error: `no pod or node of ${name} is called ${JSON.stringify(pod)}` }
    return { exit: 0 }
  }, () => ({ error: notFoundMessage(name) }))
}

type Wish = { readonly ok: true; readonly wish: Omit<LogWish, 'tell'> } | { readonly ok: false; readonly message: string }

function wishOf(flags: Flags, pod: string): Wish {
  const since = sinceOf(flags)
  if (!since.ok) return since
  const labels = parseLabelSelector(flags.text('selector'))
  if (!labels.ok) return { ok: false, message: labels.problem.message }
  const grep = flags.text('grep')
  const tried = regexTest(grep, '')
  if (!tried.ok) return { ok: false, message: `failed to compile ${JSON.stringify(grep)}: ${tried.error}` }
  const tail = flags.number('tail')
  return {
    ok: true,
    wish: {
      choice: { pod, container: flags.given('container') ? flags.text('container') : undefined, previous: flags.bool('previous') },
      query: { ...(since.at !== undefined && { since: since.at }), ...(tail >= 0 && { tailLines: tail }) },
      follow: flags.bool('follow'),
      showsPod: (own) => matchesLabels(labels.value, own),
      showsLine: grep === '' ? () => true : (text) => matchesPattern(grep, text),
    },
  }
}

/** A longer line is judged by its beginning: matching has a budget. */
const JUDGED_CHARACTERS_MAX = 20_000

function matchesPattern(pattern: string, text: string): boolean {
  const result = regexTest(pattern, text.slice(0, JUDGED_CHARACTERS_MAX))
  return result.ok && result.value
}

type Since = { readonly ok: true; readonly at: number | undefined } | { readonly ok: false; readonly message: string }

function sinceOf(flags: Flags): Since {
  const ago = flags.number('since')
  const from = flags.text('since-time')
  if (ago > 0 && from !== '') return { ok: false, message: '--since-time and --since cannot be used together' }
  if (ago > 0) return { ok: true, at: Date.now() - ago }
  if (from === '') return { ok: true, at: undefined }
  const time = parseGoTime(from, RFC3339)
  if (time.ok) return { ok: true, at: goTimeToMs(time.value) }
  return { ok: false, message: time.problem.message }
}

function printer({ flags, streams }: Invocation): LogWish['tell'] {
  const isTerminal = process.stdout.isTTY === true
  const look = lookFor({ isTerminal, env: streams.env, noColour: flags.bool('no-color'), argo: flags.text('compat') === 'argo' })
  const timestamps = flags.bool('timestamps')
  if (flags.text('output') === 'json') {
    return ({ pod, node, container, line: { at, stream, text } }) => streams.stdout(`${JSON.stringify({ pod, node, container, time: new Date(at).toISOString(), stream, text })}\n`)
  }
  return ({ pod, line }) => {
    // What a step printed may try to take over a terminal; in a file it stays as it was.
    const text = isTerminal ? printable(line.text) : line.text
    streams.stdout(`${logLine(pod, timestamps ? `${new Date(line.at).toISOString()} ${text}` : text, look)}\n`)
  }
}
