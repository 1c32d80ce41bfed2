// Owns the collection of artifacts that nobody needs any more: which are to go when (AGC-1 to AGC-4), and what the status says of it.
import type { Artifact, ArtGCStatus, Template, WorkflowSpec } from '@tiphys/core/spec'
import type { ArtifactsCollected } from './events.ts'
import type { NodeId, Run, RunNode, Turn } from './model.ts'

/** When artifacts go: as the workflow ends, or as it is deleted. */
export type CollectionMoment = 'OnWorkflowCompletion' | 'OnWorkflowDeletion'

export interface CollectibleArtifact {
  readonly node: NodeId
  readonly artifact: Artifact
}

type Strategy = CollectionMoment | 'Never'
type Collecting = Pick<WorkflowSpec, 'artifactGC'>

/** The artifact's own strategy counts over that of the workflow; without any it stays (AGC-1). */
function strategyOf(spec: Collecting, artifact: Artifact): Strategy | undefined {
  return (artifact.artifactGC?.strategy || spec.artifactGC?.strategy || undefined) as Strategy | undefined
}

/** What pods left behind and what is not gone yet, by strategy. Other nodes only name what is theirs (AGC-2). */
export function artifactsToCollect(run: Pick<Run, 'nodes' | 'spec'>, moments: readonly CollectionMoment[]): readonly CollectibleArtifact[] {
  return artifactsWith(run, (strategy, { deleted }) => deleted !== true && strategy !== 'Never' && strategy !== undefined && moments.includes(strategy))
}

/** Artifacts that somebody wants to keep, whatever else goes with the workflow. */
export function artifactsToKeep(run: Pick<Run, 'nodes' | 'spec'>): readonly CollectibleArtifact[] {
  return artifactsWith(run, (strategy) => strategy === 'Never')
}

function artifactsWith({ nodes, spec }: Pick<Run, 'nodes' | 'spec'>, wanted: (strategy: Strategy | undefined, artifact: Artifact) => boolean): readonly CollectibleArtifact[] {
  const found: CollectibleArtifact[] = []
  for (const { id, type, outputs } of nodes.values()) {
    if (type !== 'Pod') continue
    for (const artifact of outputs?.artifacts ?? []) if (wanted(strategyOf(spec, artifact), artifact)) found.push({ node: id, artifact })
  }
  return found
}

const collecting = new WeakMap<Run, { readonly stored: number; readonly answer: boolean }>()

/** Whether any template of the run has artifacts that shall go at some time. */
export function collectsArtifacts(run: Run): boolean {
  const known = collecting.get(run)
  const { stored } = run.templates
  if (known?.stored === stored.size) return known.answer
  const isCollected = ({ outputs }: Template): boolean => (outputs?.artifacts ?? []).some((artifact) => {
    const strategy = strategyOf(run.spec, artifact)
    return strategy !== undefined && strategy !== 'Never'
  })
  const answer = (run.spec.templates ?? []).some(isCollected) || [...stored.values()].some(isCollected)
  collecting.set(run, { stored: stored.size, answer })
  return answer
}

/** Whether something is left for the moment of deletion: until then the workflow is marked by a finalizer, as the reference does it (AGC-4). */
export function awaitsCollection(run: Run): boolean {
  return collectsArtifacts(run) && (!run.status.completed || artifactsToCollect(run, ['OnWorkflowCompletion', 'OnWorkflowDeletion']).length > 0)
}

/** What is gone is marked; what could not be taken away is told by a condition (AGC-3). */
export function onArtifactsCollected(turn: Turn, { strategy, results }: ArtifactsCollected): void {
  const { run } = turn
  for (const [id, ofNode] of grouped(results)) {
    const node = run.nodes.get(id)
    if (node !== undefined) mark(turn, node, new Set(ofNode.filter(({ error }) => error === undefined).map(({ artifact }) => artifact)))
  }
  const error = results.find((result) => result.error !== undefined)?.error
  const { processed = [] } = run.status.collection ?? {}
  run.status.collection = { processed: [...new Set([...processed, strategy])], ...(error !== undefined && { error }) }
  turn.statusChanged = true
}

type CollectionResult = ArtifactsCollected['results'][number]

function grouped(results: readonly CollectionResult[]): Map<NodeId, CollectionResult[]> {
  const groups = new Map<NodeId, CollectionResult[]>()
  for (const result of results) groups.set(result.node, [...(groups.get(result.node) ?? []), result])
  return groups
}

function mark(turn: Turn, node: RunNode, gone: ReadonlySet<string>): void {
  const artifacts = node.outputs?.artifacts
  if (gone.size === 0 || artifacts === undefined) return
  node.outputs = { ...node.outputs, artifacts: artifacts.map((artifact) => (gone.has(artifact.name) ? { ...artifact, deleted: true } : artifact)) }
  turn.changed.add(node)
}

export function collectionStatusOf(run: Run): ArtGCStatus {
  if (!collectsArtifacts(run)) return { notSpecified: true }
  const processed = run.status.collection?.processed ?? []
  return processed.length === 0 ? {} : { strategiesProcessed: Object.fromEntries(processed.map((strategy) => [strategy, true])) }
}
