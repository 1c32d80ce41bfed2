// Checks what is printed against recorded output, from the recorded objects.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  type ClusterWorkflowTemplate, type CronWorkflow, type SchemaNode, type Workflow, type WorkflowTemplate,
  clusterWorkflowTemplateSchema, cronWorkflowSchema, workflowSchema, workflowTemplateSchema,
} from '@tiphys/core/spec'
import { describe, expect, it } from 'vitest'
import {
  type ListOutput, type TreeColumns, cronTable, describeArchived, describeCron, describeTemplate, describeWorkflow, describeWorkflows, nodeSelector,
  objectText, templateTable, utcClock,
} from './index.ts'

const folder = process.env['TIPHYS_CONFORMANCE'] ?? join(import.meta.dirname, '../../../../shared/conformance')
const present = existsSync(join(folder, 'cli/transcripts.jsonl'))

interface Transcript {
  readonly id: string
  readonly mode: string
  readonly args: readonly string[]
  readonly exit: number
  readonly stdout: string
}

interface Exchange {
  readonly id: string
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly response?: unknown
}

const readLines = <T>(file: string): T[] =>
  readFileSync(join(folder, file), 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as T)

/** The recording tool's own normal form. Loading it prints its usage, which is of no interest here. */
async function loadNormal(): Promise<(text: string) => string> {
  const { argv } = process
  const { log } = console
  process.argv = argv.slice(0, 2)
  console.log = () => undefined
  try {
    const module = (await import(/* @vite-ignore */ pathToFileURL(join(folder, 'cli/play.mjs')).href)) as { normal: (text: string) => string }
    return module.normal
  } finally {
    process.argv = argv
    console.log = log
  }
}

const START = Date.UTC(2024, 0, 2, 3, 4, 5)
const clock = utcClock(START + 90_000)

/** Recorded objects carry placeholders; all moments become one, other values something of the same form. */
function withValues<T>(value: T): T {
  const filled = JSON.stringify(value)
    .replaceAll('"<time>"', `"${new Date(START).toISOString().replace('.000', '')}"`)
    .replaceAll('"<uid>"', '"6c4f5a0e-51a5-4c7e-9d0a-0f4d6d1c2b3a"')
    .replaceAll('"<rv>"', '"1234"')
    .replaceAll('"<hex>"', '"0123456789abcdef0123456789abcdef"')
    .replaceAll('"generation":"<n>"', '"generation":7')
    .replaceAll('<address>', '127.0.0.1:7900')
  return JSON.parse(filled) as T
}

interface Stored {
  readonly metadata?: { readonly name?: string; readonly namespace?: string; readonly creationTimestamp?: string; readonly labels?: Readonly<Record<string, string>> }
  readonly spec?: object
  readonly status?: { readonly progress?: string; readonly nodes?: object }
}

/** Answers may be cut down to some fields; a whole workflow has a progress, and nodes unless that is 0/0. */
function isWhole(kind: string, { metadata, status, spec }: Stored): boolean {
  if (metadata?.creationTimestamp === undefined || spec === undefined) return false
  return kind !== 'workflows' || (status?.progress !== undefined && (status.progress === '0/0' || status.nodes !== undefined))
}

/** Every recorded object, by folder of its path and by name; the fullest version wins. */
function collect(exchanges: readonly Exchange[]): ReadonlyMap<string, Stored> {
  const found = new Map<string, Stored>()
  const add = (kind: string, object: Stored): void => {
    const key = `${kind}/${object.metadata?.namespace ?? ''}/${object.metadata?.name ?? ''}`
    if (!isWhole(kind, object)) return
    const known = found.get(key)
    if (known === undefined || JSON.stringify(known).length < JSON.stringify(object).length) found.set(key, object)
  }
  for (const { path, response } of exchanges) {
    const kind = /^\/api\/v1\/([a-z-]+)/.exec(path)?.[1]?.replace('archived-workflows', 'workflows')
    if (kind === undefined || typeof response !== 'object' || response === null) continue
    const { items } = response as { items?: readonly Stored[] | null }
    for (const object of items ?? [response as Stored]) if (typeof object.metadata?.name === 'string') add(kind, withValues(object))
  }
  return found
}

const transcripts = present ? readLines<Transcript>('cli/transcripts.jsonl') : []
const objects = present ? collect(readLines<Exchange>('rest/requests.jsonl')) : new Map<string, Stored>()
const normal = present ? await loadNormal() : (text: string) => text

/** A flag's value among arguments. */
function option(args: readonly string[], ...names: string[]): string | undefined {
  const at = args.findIndex((arg) => names.includes(arg))
  return at < 0 ? undefined : args[at + 1]
}

function selection(args: readonly string[]): Parameters<typeof describeWorkflow>[1]['shows'] {
  const status = option(args, '--status')
  const text = option(args, '--node-field-selector') ?? (status === undefined ? undefined : `phase=${status}`)
  if (text === undefined) return undefined
  const selector = nodeSelector(text)
  if (!selector.ok) throw new Error(selector.problem.message)
  return selector.value
}

/** The same data with the keys of all objects the other way round: their order must come from the printing. */
function shuffled<T>(value: T): T {
  if (Array.isArray(value)) return value.map(shuffled) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).toReversed().map(([key, member]) => [key, shuffled(member)])) as T
}

function printGet(workflow: Workflow, args: readonly string[]): string {
  const output = option(args, '-o') ?? ''
  if (output === 'json' || output === 'yaml') return objectText(workflowSchema, shuffled(workflow), output)
  if (output === 'name') return `${workflow.metadata.name}\n`
  const shows = selection(args)
  const look = { colour: false, unicode: !args.includes('--no-utf8') }
  return describeWorkflow(workflow, { clock, look, columns: output as TreeColumns, ...(shows === undefined ? {} : { shows }) })
}

const workflowOf = (name: string): Workflow | undefined =>
  (objects.get(`workflows/argo/${name}`) ?? objects.get(`workflows/other/${name}`)) as Workflow | undefined

/** The arguments that are neither flags nor their values. */
function namesIn(args: readonly string[]): readonly string[] {
  return args.slice(1).filter((arg, index) => !arg.startsWith('-') && !/^(-o|-l|-n|--status|--node-field-selector)$/.test(args[index] ?? ''))
}

describe.skipIf(!present)('get and watch', () => {
  const cases = transcripts.filter(({ args, exit }) => exit === 0 && (args[0] === 'get' || args[0] === 'watch') && args[1] !== '@latest')
  const known = cases.filter(({ args }) => namesIn(args).every((name) => workflowOf(name) !== undefined))

  it('knows most of the workflows', () => expect(known.length).toBeGreaterThan(25))

  it.each(known.map((transcript) => [`${transcript.id} (${transcript.mode})`, transcript] as const))('%s', (_, { args, stdout }) => {
    const text = namesIn(args).map((name) => printGet(workflowOf(name) ?? ({} as Workflow), args)).join('')
    expect(normal(text)).toBe(stdout)
  })
})

/** The recorded rows of workflows that are known in full; the headings stay. */
function knownRows(stdout: string, nameColumn: number): { readonly text: string; readonly names: readonly string[] } {
  const names: string[] = []
  const kept = stdout.split('\n').filter((line) => {
    const name = line.split(/ {2,}/)[nameColumn] ?? ''
    if (line === '' || name === 'NAME') return true
    if (workflowOf(name) === undefined) return false
    names.push(name)
    return true
  })
  return { text: kept.join('\n'), names }
}

describe.skipIf(!present)('list and archive list', () => {
  const cases = transcripts.filter(
    ({ id, args, exit, stdout }) => exit === 0 && id !== 'namespace-env' && (args[0] === 'list' || (args[0] === 'archive' && args[1] === 'list')) && !args.includes('other') && !/^(No work|\[\])/.test(stdout),
  )

  it.each(cases.map((transcript) => [`${transcript.id} (${transcript.mode})`, transcript] as const))('%s', (_, { args, stdout, mode }) => {
    const archive = args[0] === 'archive'
    const output = (option(args, '-o') ?? (archive ? 'wide' : '')) as ListOutput
    const namespace = archive || args.includes('-A')
    if (output === 'json' || output === 'yaml') {
      const names = [...stdout.matchAll(output === 'json' ? /^ {6}"name": "(.*)"/gm : /^ {4}name: (.*)/gm)].map((match) => match[1] ?? '')
      const kind = mode === 'kubernetes' ? { kind: 'Workflow', apiVersion: 'argoproj.io/v1alpha1' } : {}
      const found = names.map((name) => ({ ...kind, ...(workflowOf(name) ?? { metadata: {}, spec: {} }) }))
      expect(normal(describeWorkflows(found, { clock, output }))).toBe(stdout)
      return
    }
    const expected = knownRows(stdout, namespace && output !== 'name' ? 1 : 0)
    // The table does not ask for nodes, and the archive lists summaries.
    const found = expected.names.map((name) => {
      const { status, ...rest } = workflowOf(name) ?? ({ metadata: {}, spec: {} } as Workflow)
      const { nodes, ...others } = status ?? {}
      const isSummary = archive || (mode === 'server' && name.startsWith('archived-'))
      return { ...rest, status: output === 'wide' && !isSummary && nodes !== undefined ? { ...others, nodes } : others }
    })
    expect(expected.names.length).toBeGreaterThan(0)
    const text = describeWorkflows(found, { clock, output, namespace, noHeaders: args.includes('--no-headers'), uid: archive })
    expect(normal(text)).toBe(expected.text)
  })

  it('empty lists', () => {
    for (const output of ['', 'name', 'json'] as const) {
      const recorded = transcripts.find(({ id }) => id === (output === '' ? 'list-empty' : `list-empty-${output}`))
      expect(describeWorkflows([], { clock, output })).toBe(recorded?.stdout)
    }
  })
})

const SCHEMAS: Readonly<Record<string, SchemaNode>> = {
  'workflow-templates': workflowTemplateSchema, 'cluster-workflow-templates': clusterWorkflowTemplateSchema, 'cron-workflows': cronWorkflowSchema,
}

const cronOptions = { clock, nextRun: () => clock.now + 3_600_000 }

/** What a recorded `COMMAND get NAME...` or `COMMAND list` prints, from the recorded objects. */
function printKind(args: readonly string[]): string | undefined {
  const [command, verb] = args
  const kind = { template: 'workflow-templates', 'cluster-template': 'cluster-workflow-templates', cwft: 'cluster-workflow-templates', cron: 'cron-workflows', archive: 'workflows' }[command ?? '']
  const output = option(args, '-o')
  const namespace = option(args, '-n') ?? 'argo'
  if (kind === undefined) return undefined
  if (verb === 'list') {
    if (args.includes('-l') || (args.includes('-A') && kind !== 'cron-workflows')) return undefined
    const all = [...objects].filter(([key]) => key.startsWith(kind === 'cluster-workflow-templates' ? `${kind}//` : `${kind}/${namespace}/`)).map(([, object]) => object)
    // Objects without this label were made by later requests.
    const sorted = all.filter((object) => object.metadata?.labels?.['world'] === 'yes').toSorted((a, b) => ((a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1))
    if (output === 'name') return sorted.map((object) => `${object.metadata?.name}\n`).join('')
    return kind === 'cron-workflows'
      ? cronTable(sorted as unknown as CronWorkflow[], { ...cronOptions, namespace: args.includes('-A') })
      : templateTable(sorted as unknown as WorkflowTemplate[])
  }
  const texts = namesIn(args.slice(1)).map((name) => {
    const object = objects.get(`${kind}/${kind.startsWith('cluster') ? '' : namespace}/${name}`)
    if (object === undefined) return undefined
    if (output === 'name') return `${name}\n`
    if (output === 'json' || output === 'yaml') return objectText(SCHEMAS[kind] ?? workflowSchema, shuffled(object), output)
    if (kind === 'workflows') return describeArchived(object as Workflow, clock)
    if (kind === 'cron-workflows') return describeCron(object as unknown as CronWorkflow, cronOptions)
    return describeTemplate(object as unknown as ClusterWorkflowTemplate, { clock, cluster: kind.startsWith('cluster') })
  })
  return texts.includes(undefined) ? undefined : texts.join('')
}

describe.skipIf(!present)('templates, cron workflows and the archive', () => {
  const cases = transcripts.filter(
    ({ args, exit }) => exit === 0 && /^(template|cluster-template|cwft|cron|archive)$/.test(args[0] ?? '') && /^(get|list)$/.test(args[1] ?? '') && !(args[0] === 'archive' && args[1] === 'list'),
  )
  const printed = cases.map((transcript) => ({ transcript, text: printKind(transcript.args) })).filter(({ text }) => text !== undefined)

  it('covers most of them', () => expect(printed.length).toBeGreaterThan(cases.length * 0.7))

  it.each(printed.map(({ transcript, text }) => [`${transcript.id} (${transcript.mode})`, transcript, text ?? ''] as const))('%s', (_, transcript, text) => {
    expect(normal(text)).toBe(transcript.stdout)
  })
})
