// Owns what `why` prints: what a workflow waits for, in words.
import type { RunNode, Wait, WaitsFor } from '@tiphys/core/engine'
import { humanDuration } from '@tiphys/core/kube'
import { type Clock, durationWords, formatClockTime } from './age.ts'
import { type Look, nodeMark, paint } from './paint.ts'
import { printable } from './status.ts'

export interface WhyOptions {
  readonly clock: Clock
  readonly look: Look
  readonly nodes: ReadonlyMap<string, RunNode>
  /** The workflow's name, which all names of nodes begin with. */
  readonly name: string
}

/** At most so many waits are told one by one: a fan-out waits a thousand times for the same. */
const SHOWN_MAX = 50

/** One line for each thing that is waited for; nodes that only wait for other nodes are told by those. */
export function describeWaits(waits: readonly Wait[], options: WhyOptions): string {
  const told = waits.filter(({ waitsFor }) => waitsFor.kind !== 'nodes' && waitsFor.kind !== 'hooks')
  const list = told.length > 0 ? told : waits
  const lines = list.slice(0, SHOWN_MAX).map((wait) => waitLine(wait, options))
  const more = list.length > SHOWN_MAX ? [`  and ${list.length - SHOWN_MAX} more\n`] : []
  return [...lines, ...more].join('')
}

function waitLine({ node, name, waitsFor }: Wait, options: WhyOptions): string {
  const known = options.nodes.get(node ?? '')
  const mark = known === undefined ? '' : `${nodeMark(known, options.look)} `
  const label = node === undefined || name === options.name ? 'the workflow' : shortName(name, options.name)
  return `  ${mark}${label} waits for ${printable(waitText(waitsFor, { ...options, node: known }))}\n`
}

function shortName(node: string, workflow: string): string {
  return node.startsWith(workflow) && node !== workflow ? node.slice(workflow.length).replace(/^\./, '') : node
}

/** What is waited for, to be read after "waits for". */
export function waitText(waitsFor: WaitsFor, { clock, look, nodes, name, node }: WhyOptions & { readonly node: RunNode | undefined }): string {
  switch (waitsFor.kind) {
    case 'pod': return podText(waitsFor, clock)
    case 'task': return `the answer to its request, since ${durationWords(waitsFor.since, undefined, clock.now)}`
    case 'time': return timeText(waitsFor, clock)
    case 'person': return personText(waitsFor, name, node?.displayName ?? '')
    case 'lock': {
      const holders = waitsFor.holders.length === 0 ? 'nobody holds it' : `held by ${waitsFor.holders.join(', ')}`
      return `the lock ${paint(waitsFor.lock, 'yellow', look)}, ${holders}`
    }
    case 'parallelism': return `a place: ${waitsFor.of === 'workflow' ? 'the workflow' : 'its template'} lets ${waitsFor.limit} run at a time (parallelism)`
    case 'nodes': return list('', waitsFor.nodes, { nodes, name })
    case 'hooks': return list('its hook ', waitsFor.nodes, { nodes, name })
    case 'end': return `the end of ${nodes.get(waitsFor.node ?? '')?.displayName ?? 'the workflow'}: it is a daemon`
    case 'start': return `its start${waitsFor.reason === undefined ? '' : `: ${waitsFor.reason}`}`
    case 'turn': return 'nothing outside: it goes on as soon as a process carries it out'
  }
}

function podText({ phase, since, reason }: Extract<WaitsFor, { kind: 'pod' }>, clock: Clock): string {
  const span = durationWords(since, undefined, clock.now)
  if (phase === 'Running') return `its pod to end, which has run for ${span}`
  return `its pod to start, since ${span}${reason === undefined ? '' : `: ${reason}`}`
}

function timeText({ what, until, leftMs }: Extract<WaitsFor, { kind: 'time' }>, clock: Clock): string {
  const moment = formatClockTime(until, clock)
  const left = leftMs === 0 ? 'which is past' : `in ${humanDuration(leftMs)}`
  return what === 'backoff' ? `its next attempt at ${moment}, ${left}` : `${moment}, ${left}`
}

function personText({ of, values }: Extract<WaitsFor, { kind: 'person' }>, name: string, node: string): string {
  if (of === 'workflow') return `somebody who resumes the workflow: tiphys resume ${name}`
  const chosen = `--node-field-selector displayName=${node}`
  if (values.length === 0) return `somebody who resumes it: tiphys resume ${name} ${chosen}`
  const flags = values.map((value) => `-p ${value}=VALUE`).join(' ')
  return `values of ${values.join(', ')}: tiphys node set ${name} ${chosen} ${flags}; and then for somebody who resumes it`
}

const NAMED_MAX = 5

function list(what: string, ids: readonly string[], { nodes, name }: Pick<WhyOptions, 'nodes' | 'name'>): string {
  const names = ids.slice(0, NAMED_MAX).map((id) => what + shortName(nodes.get(id)?.name ?? id, name))
  const more = ids.length - names.length
  return names.join(', ') + (more === 0 ? '' : ` and ${more} more`)
}
