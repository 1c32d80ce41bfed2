// Owns taking artifacts away that shall not outlive their workflow, and telling the run what came of it.
import { type ArtifactsCollected, type CollectionMoment, type EngineEvent, type Run, artifactsToCollect, collectsArtifacts } from '@tiphys/core/engine'
import type { ArtifactContext, ArtifactStore, Clock } from '@tiphys/shell/ports'

export interface Collecting {
  readonly artifacts: ArtifactStore
  readonly context: ArtifactContext
}

type Results = ArtifactsCollected['results']

/** Takes away what shall go by now. What is not there counts as gone: an earlier try may have been cut short. */
export async function removeCollectible(run: Pick<Run, 'nodes' | 'spec'>, moments: readonly CollectionMoment[], { artifacts, context }: Collecting): Promise<Results> {
  const results: Results[number][] = []
  for (const { node, artifact } of artifactsToCollect(run, moments)) {
    const removed = await artifacts.remove(artifact, context)
    const isGone = removed.ok || removed.problem.code === 'artifact_not_found'
    results.push({ node, artifact: artifact.name, ...(!isGone && { error: removed.problem.message }) })
  }
  return results
}

export interface EndedCollecting extends Collecting {
  readonly clock: Clock
  /** Gives the ended run an event, and resolves once that is stored. */
  readonly tell: (event: EngineEvent) => Promise<void>
}

/** What the end of a run brings about for its artifacts (AGC-3). */
export async function collectEnded(run: Run, parts: EndedCollecting): Promise<Results> {
  if (!collectsArtifacts(run)) return []
  const results = await removeCollectible(run, ['OnWorkflowCompletion'], parts)
  await parts.tell({ type: 'artifactsCollected', at: parts.clock.now(), strategy: 'OnWorkflowCompletion', results })
  return results
}
