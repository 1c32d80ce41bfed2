// Owns what `get`, `watch` and `submit` print of one workflow: the block of facts and the tree of its nodes.
import { humanDuration, podName } from '@tiphys/core/kube'
import type { NodeStatus, Workflow } from '@tiphys/core/spec'
import { type Clock, durationShort, durationWords, readTime, timestamp } from './age.ts'
import { artifactPlace } from './artifact.ts'
import { type Look, PLAIN, nodeMark, paint } from './paint.ts'
import {
  anyValue, fact, givenValue, parameterFacts, printable, resourcesText, templateName, templateText, workflowConditionFacts, workflowStatusText,
} from './status.ts'
import { type Row, layTable } from './table.ts'
import { type Branch, drawTrees } from './tree.ts'

export type TreeColumns = '' | 'short' | 'wide'

export interface GetOptions {
  readonly clock: Clock
  readonly look?: Look
  /** `short` prints the tree alone and adds the host; `wide` adds artifacts, resources and the host. */
  readonly columns?: TreeColumns
  /** Which nodes the tree shows. */
  readonly shows?: (node: NodeStatus) => boolean
  /** Whether the tasks of a DAG stand in the order of their names. */
  readonly dagsByName?: boolean
}

/** The workflow as text, with a line break at the end. */
export function describeWorkflow(workflow: Workflow, options: GetOptions): string {
  const tree = treeText(workflow, options)
  if (options.columns === 'short' && tree !== '') return tree
  return factsText(workflow, options) + (tree === '' ? '' : `\n${tree}`)
}

function factsText(workflow: Workflow, { clock, look = PLAIN }: GetOptions): string {
  const { metadata, status } = workflow
  const spec = status?.storedWorkflowTemplateSpec ?? workflow.spec
  const message = status?.message ?? ''
  return [
    fact('Name:', metadata.name ?? ''),
    fact('Namespace:', metadata.namespace ?? ''),
    fact('ServiceAccount:', spec.serviceAccountName || accountWhenUnset(workflow)),
    fact('Status:', workflowStatusText(workflow)),
    message === '' ? '' : fact('Message:', printable(message)),
    workflowConditionFacts(status?.conditions, look),
    timeFacts(workflow, clock),
    fact('Progress:', status?.progress ?? ''),
    Object.keys(status?.resourcesDuration ?? {}).length === 0 ? '' : fact('ResourcesDuration:', resourcesText(status?.resourcesDuration)),
    parameterFacts('Parameters:', spec.arguments?.parameters, { valueOf: givenValue }),
    parameterFacts('Output Parameters:', status?.outputs?.parameters, { valueOf: anyValue }),
    outputArtifactFacts(workflow),
  ].join('')
}

function accountWhenUnset({ spec }: Workflow): string {
  return (spec.workflowTemplateRef ?? undefined) === undefined ? 'unset (will run with the default ServiceAccount)' : 'unset'
}

function timeFacts({ metadata, status }: Workflow, clock: Clock): string {
  const started = readTime(status?.startedAt)
  const finished = readTime(status?.finishedAt)
  const estimate = status?.phase === 'Running' ? (status.estimatedDuration ?? 0) : 0
  return [
    fact('Created:', timestamp(readTime(metadata.creationTimestamp), clock)),
    started === undefined ? '' : fact('Started:', timestamp(started, clock)),
    finished === undefined ? '' : fact('Finished:', timestamp(finished, clock)),
    started === undefined ? '' : fact('Duration:', durationWords(started, finished, clock.now)),
    estimate > 0 ? fact('EstimatedDuration:', humanDuration(estimate * 1000)) : '',
  ].join('')
}

function outputArtifactFacts({ status }: Workflow): string {
  const artifacts = status?.outputs?.artifacts ?? []
  if (artifacts.length === 0) return ''
  const lines = artifacts.flatMap((artifact) => {
    const place = artifactPlace(artifact)
    return place === undefined ? [] : [fact(`  ${artifact.name}:`, place)]
  })
  return fact('Output Artifacts:', '') + lines.join('')
}

const HEADERS: Readonly<Record<TreeColumns, Row>> = {
  '': ['TEMPLATE', 'PODNAME', 'DURATION', 'MESSAGE'],
  short: ['TEMPLATE', 'PODNAME', 'DURATION', 'MESSAGE', 'NODENAME'],
  wide: ['TEMPLATE', 'PODNAME', 'DURATION', 'ARTIFACTS', 'MESSAGE', 'RESOURCESDURATION', 'NODENAME'],
}

/** The table with the trees; empty while the workflow has no nodes. */
function treeText(workflow: Workflow, options: GetOptions): string {
  const { columns = '', look = PLAIN, shows, dagsByName = false } = options
  const trees = drawTrees(workflow, { unicode: look.unicode, dagsByName, ...(shows === undefined ? {} : { shows }) })
  if (trees === undefined) return ''
  // Every icon carries a colour code; the header gets one too, so that its column is as wide as theirs.
  const rows: Row[] = [[paint('STEP', 'default', look), ...HEADERS[columns]]]
  const name = workflow.metadata.name ?? ''
  const version = workflow.metadata.annotations?.['workflows.argoproj.io/pod-name-format'] === 'v1' ? 'v1' : 'v2'
  const toRow = (branch: Branch): Row => branchRow(branch, { name, version, options })
  rows.push(...trees.main.map(toRow))
  if (trees.onExit !== undefined) rows.push(['', '', '', '', '', ''], ...trees.onExit.map(toRow))
  return layTable(rows, 2)
}

interface RowContext {
  readonly name: string
  readonly version: 'v1' | 'v2'
  readonly options: GetOptions
}

function branchRow({ prefix, node }: Branch, { name, version, options }: RowContext): Row {
  const { look = PLAIN, clock, columns = '' } = options
  const label = `${prefix}${nodeMark(node, look)} ${node.displayName ?? ''}`
  const isPod = node.type === 'Pod'
  const pod = isPod ? podName({ workflow: name, node: node.name, template: templateName(node), version }) : ''
  const duration = isPod ? durationShort(readTime(node.startedAt), readTime(node.finishedAt), clock.now) : ''
  const host = isPod ? (node.hostNodeName ?? '') : ''
  const message = printable(node.message ?? '')
  const start = [label, templateText(node), pod, duration]
  if (columns === 'wide') return [...start, artifactNames(node), message, resourcesText(node.resourcesDuration), host]
  return [...start, message, columns === 'short' ? host : '']
}

function artifactNames(node: NodeStatus): string {
  return (node.outputs?.artifacts ?? []).map((artifact) => artifact.name).join(',')
}
