// Owns the tables that `list` and `archive list` print, and the other formats of a list of workflows.
import { type Json, type Parameter, type Workflow, emitYaml, workflowSchema } from '@tiphys/core/spec'
import { type Clock, durationShort, readTime } from './age.ts'
import { toJson, wireView } from './json.ts'
import { printable, workflowStatusText } from './status.ts'
import { type Row, layTable } from './table.ts'

export type ListOutput = '' | 'wide' | 'name' | 'json' | 'yaml'

export interface ListOptions {
  readonly clock: Clock
  readonly output?: ListOutput
  readonly noHeaders?: boolean
  /** Adds a column for the namespace, for lists over all of them. */
  readonly namespace?: boolean
  /** Adds a column for the uid, which the archive is asked by. */
  readonly uid?: boolean
}

/** The list as text. */
export function describeWorkflows(workflows: readonly Workflow[], options: ListOptions): string {
  const { output = '' } = options
  const views = (): Json => workflows.map((workflow) => wireView(workflowSchema, workflow))
  if (workflows.length === 0) return output === 'json' || output === 'yaml' ? '[]\n' : 'No workflows found\n'
  switch (output) {
    case 'name': return workflows.map((workflow) => `${workflow.metadata.name ?? ''}\n`).join('')
    case 'json': return `${toJson(views(), 2)}\n`
    case 'yaml': return `${emitYaml(views())}\n`
    case '':
    case 'wide': return listTable(workflows, options) + costHint(workflows)
  }
}

/** Unfinished ones first, the newest of them first; then the finished ones, the last to finish first. */
export function sortWorkflows(workflows: readonly Workflow[]): readonly Workflow[] {
  const keyed = workflows.map((workflow) => ({
    workflow, created: readTime(workflow.metadata.creationTimestamp) ?? 0, finished: readTime(workflow.status?.finishedAt) ?? Infinity,
  }))
  keyed.sort((a, b) => (a.finished === b.finished ? b.created - a.created : b.finished > a.finished ? 1 : -1))
  return keyed.map(({ workflow }) => workflow)
}

function listTable(workflows: readonly Workflow[], options: ListOptions): string {
  const { namespace = false, uid = false, noHeaders = false } = options
  const wide = options.output === 'wide'
  const pick = (wanted: boolean, ...cells: string[]): string[] => (wanted ? cells : [])
  const rows: Row[] = noHeaders
    ? []
    : [[...pick(namespace, 'NAMESPACE'), 'NAME', 'STATUS', 'AGE', 'DURATION', 'PRIORITY', 'MESSAGE', ...pick(wide, 'P/R/C', 'PARAMETERS'), ...pick(uid, 'UID')]]
  for (const workflow of workflows) {
    const { metadata, spec, status } = workflow
    const now = options.clock.now
    rows.push([
      ...pick(namespace, metadata.namespace ?? ''),
      metadata.name ?? '',
      workflowStatusText(workflow),
      durationShort(readTime(metadata.creationTimestamp), now, now),
      durationShort(readTime(status?.startedAt), readTime(status?.finishedAt), now),
      String(spec.priority ?? 0),
      printable(status?.message ?? ''),
      ...pick(wide, podCounts(workflow), parametersText(spec.arguments?.parameters ?? [])),
      ...pick(uid, metadata.uid ?? ''),
    ])
  }
  return layTable(rows, 3)
}

const ENDED: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'Error', 'Skipped', 'Omitted'])

/** Pods that wait, run and are done: `1/2/3`. */
function podCounts(workflow: Workflow): string {
  let pending = 0
  let running = 0
  let done = 0
  for (const node of Object.values(workflow.status?.nodes ?? {})) {
    if (node.type !== 'Pod') continue
    const phase = node.phase ?? ''
    const ended = ENDED.has(phase) && node.taskResultSynced !== false
    if (ended || (node.daemoned === true && phase !== 'Pending')) done++
    else if (phase === 'Running') running++
    else pending++
  }
  return `${pending}/${running}/${done}`
}

function parametersText(parameters: readonly Parameter[]): string {
  return parameters.flatMap(({ name, value }) => (value === undefined || value === null ? [] : [`${name}=${abridge(printable(value))}`])).join(',')
}

const VALUE_CHARACTERS_MAX = 50
const HEAD_CHARACTERS = 32
const TAIL_CHARACTERS = 15

function abridge(text: string): string {
  const characters = [...text]
  if (characters.length <= VALUE_CHARACTERS_MAX) return text
  return `${characters.slice(0, HEAD_CHARACTERS).join('')}...${characters.slice(-TAIL_CHARACTERS).join('')}`
}

const MANY = 100

/** Many workflows make lists slow and stores large; the reference says so too, with a link of its own. */
function costHint(workflows: readonly Workflow[]): string {
  const completed = workflows.filter(({ status }) => ['Succeeded', 'Failed', 'Error'].includes(status?.phase ?? '')).length
  const incomplete = workflows.length - completed
  const parts = [...(incomplete > MANY ? [`${incomplete} incomplete `] : []), ...(completed > MANY ? [`${completed} completed `] : [])]
  if (parts.length === 0) return ''
  return `\nYou have at least ${parts.join('and ')}workflows. Reducing the total number of workflows will reduce your costs.\n`
}
