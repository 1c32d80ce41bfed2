// Runs the local commands over a data directory with the recorded workflows, against recorded invocations.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Workflow } from '@tiphys/core/spec'
import { openState } from '@tiphys/shell/adapters/sqlite'
import { storeWorkflow } from '@tiphys/test/kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { execute } from '../flags/index.ts'
import { root } from './index.ts'

const conformance = process.env['TIPHYS_CONFORMANCE'] ?? join(import.meta.dirname, '../../../../shared/conformance')
const present = existsSync(join(conformance, 'cli/transcripts.jsonl'))

interface Transcript {
  readonly id: string
  readonly mode: string
  readonly args: readonly string[]
  readonly setup?: readonly object[]
  readonly during?: readonly object[]
  readonly exit: number | string
  readonly unordered?: boolean
  readonly stdout: string
  readonly stderr: string
}

interface Exchange { readonly path: string; readonly response?: { readonly items?: readonly Workflow[] | null } & Partial<Workflow> }

const readLines = <T>(file: string): T[] =>
  readFileSync(join(conformance, file), 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as T)

/** The recording tool's own normal form. Loading it prints its usage, which is of no interest here. */
async function loadNormal(): Promise<(text: string) => string> {
  const { argv } = process
  const { log } = console
  process.argv = argv.slice(0, 2)
  console.log = () => undefined
  try {
    return ((await import(/* @vite-ignore */ pathToFileURL(join(conformance, 'cli/play.mjs')).href)) as { normal: (text: string) => string }).normal
  } finally {
    process.argv = argv
    console.log = log
  }
}

const STARTED = Date.now() - 90_000

/** Recorded objects carry placeholders: each workflow gets times of its own, in the order of the recorded list. */
function filled(workflow: Workflow, order: number): Workflow {
  const time = new Date(STARTED + order * 1000).toISOString().replace(/\.\d+Z/, 'Z')
  const text = JSON.stringify(workflow)
    .replaceAll('"<time>"', JSON.stringify(time)).replaceAll('"<uid>"', JSON.stringify(`uid-${order}`)).replaceAll('"<rv>"', '"7"')
    .replaceAll('"<hex>"', '"0123456789abcdef0123456789abcdef"').replaceAll('"generation":"<n>"', '"generation":7')
  return JSON.parse(text) as Workflow
}

/** The workflows of the recorded world, the fullest answer of each, oldest first. */
function recordedWorkflows(): readonly Workflow[] {
  const found = new Map<string, Workflow>()
  for (const { path, response } of readLines<Exchange>('rest/requests.jsonl')) {
    if (!/^\/api\/v1\/workflows\//.test(path) || typeof response !== 'object' || response === null) continue
    for (const workflow of response.items ?? [response as Workflow]) {
      const whole = workflow.metadata?.labels?.['world'] === 'yes' && workflow.spec !== undefined && (workflow.status?.nodes !== undefined || workflow.status?.progress === '0/0')
      const name = workflow.metadata?.name ?? ''
      if (whole && JSON.stringify(workflow).length > JSON.stringify(found.get(name) ?? {}).length) found.set(name, workflow)
    }
  }
  const names = transcripts.find(({ id, mode }) => id === 'list-name' && mode === 'kubernetes')?.stdout.trim().split('\n').toReversed() ?? []
  // Without a server there is no archive.
  const live = [...found.values()].filter(({ metadata }) => names.includes(metadata.name ?? '') || metadata.namespace === 'other')
  return live.toSorted((a, b) => names.indexOf(a.metadata.name ?? '') - names.indexOf(b.metadata.name ?? ''))
}

const transcripts = present ? readLines<Transcript>('cli/transcripts.jsonl') : []

/** Commands that look, without anything that needs a server, an archive or a cluster. */
const COMMANDS = new Set(['list', 'get', 'wait', 'watch', 'logs', 'suspend', 'resume', 'stop', 'terminate', 'retry', 'resubmit', 'node', 'delete', 'completion'])
/** What the local program does otherwise on purpose, or what the recorded world had and this one has not. */
const OTHERWISE: ReadonlySet<string> = new Set([
  'list-chunks', // prints only the first page
  'no-cluster', 'loglevel', 'instance-id', 'flag-without-value', // global flags and clusters
  'namespace-flag', // its workflow is recorded in part only
  'namespace-env', // the recorded environment is not that of the test
  'wait-unknown-ignored', // what is to be ignored is no failure
  'logs-pod-unknown', // a misspelt step is a mistake
])

const workflows = present ? recordedWorkflows() : []
const names: ReadonlySet<string> = new Set(workflows.map(({ metadata }) => metadata.name ?? ''))

/** Whether the workflows that an invocation shows are known in full. */
function isKnown({ args, exit }: Transcript): boolean {
  if (exit !== 0 || !['get', 'watch', 'wait'].includes(args[0] ?? '')) return true
  const named = args.slice(1).filter((arg, index) => !arg.startsWith('-') && !/^(-o|-l|-n|--status|--node-field-selector)$/.test(args[index] ?? ''))
  return named.every((name) => names.has(name))
}

const cases = transcripts.filter(isKnown).filter(({ id, mode, args, setup, during, exit, stdout }) =>
  mode !== 'server' && COMMANDS.has(args[0] ?? '') && setup === undefined && during === undefined && exit !== 'killed' && !OTHERWISE.has(id)
  // Steps of the recorded world printed what its kubelet made up.
  && !(args[0] === 'logs' && stdout !== '') && !args.includes('--force') && !(args[0] === 'completion' && exit === 0))

describe.skipIf(!present)('recorded invocations of the reference', () => {
  const folder = mkdtempSync(join(tmpdir(), 'recorded-'))
  let normal: (text: string) => string

  beforeAll(async () => {
    normal = await loadNormal()
    const state = openState(folder, { owner: { id: 'test', info: '{}' }, now: () => Date.now() })
    for (const [index, workflow] of workflows.entries()) await storeWorkflow(state.log, filled(workflow, index))
    state.close()
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** The recorded rows of workflows that are known in full. */
  const knownLines = (text: string, args: readonly string[]): string => {
    if (args[0] !== 'list') return text
    const column = args.includes('-A') ? 1 : 0
    return text.split('\n').filter((line) => line === '' || /^(NAME|NAMESPACE|No workflows|\[)/.test(line) || names.has(line.split(/ {2,}/)[column] ?? '')).join('\n')
  }

  it('covers most of the reading commands', () => expect(cases.length).toBeGreaterThan(90))

  it.each(cases.map((transcript) => [transcript.id, transcript] as const))('%s', async (_, { args, exit, stdout, stderr, unordered }) => {

    const out: string[] = []
    const err: string[] = []
    const namespace = args.includes('-n') || args.includes('-A') ? [] : ['-n', 'argo']
    const streams = { stdout: (text: string) => void out.push(text), stderr: (text: string) => void err.push(text), env: { TIPHYS_DATA_DIR: folder, TERM: 'dumb' } }
    const code = await execute({ root }, [...args, ...namespace], streams)
    expect({ code, err: err.join('') }).toMatchObject({ code: exit })
    const json = args.includes('json') || args.includes('yaml')
    const text = normal(out.join(''))
    if (!json) expect(unordered === true ? text.split('\n').toSorted().join('\n') : text).toBe(knownLines(stdout, args))
    const message = /^Error: (?:failed to \w+ \w+: )?(?:rpc error: code = \w+ desc = )?(.*)$/m.exec(stderr)?.[1]
    if (message !== undefined) expect(err.join('')).toContain(message.replaceAll('argo', 'tiphys').replaceAll('tiphysproj', 'argoproj'))
  })
})
