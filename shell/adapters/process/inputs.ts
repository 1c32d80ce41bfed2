// Owns bringing input artifacts to where a step expects them.
import { chmod, lstat, mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Artifact, Template } from '@tiphys/core/spec'
import type { ArtifactContext, ArtifactStore } from '@tiphys/shell/ports'
import { isWithin } from './host-mounts.ts'
import type { DeclaredBind } from './private-view.ts'
import { PodTrouble } from './trouble.ts'

export interface InputPlan {
  readonly template: Template
  readonly store: ArtifactStore | undefined
  readonly context: ArtifactContext
  /** Folder that gets one entry per artifact; exists. */
  readonly folder: string
  /** Volumes that the main container mounts. An artifact whose path lies in one goes into the volume itself. */
  readonly volumes: readonly DeclaredBind[]
}

/** Loads every input artifact. Gives what is to be bound into the main containers. */
export async function loadInputs(plan: InputPlan): Promise<DeclaredBind[]> {
  const binds: DeclaredBind[] = []
  for (const [index, artifact] of (plan.template.inputs?.artifacts ?? []).entries()) {
    const { path } = artifact
    if (path === undefined || path === '' || (artifact.optional === true && !hasLocation(artifact))) continue
    const volume = plan.volumes.findLast(({ target }) => isWithin(path, target))
    const to = volume === undefined ? join(plan.folder, String(index)) : join(volume.source, path.slice(volume.target.length))
    if (!(await load(artifact, to, plan))) continue
    if (artifact.mode !== undefined) await setMode(to, artifact.mode, artifact.recurseMode === true)
    if (volume === undefined) binds.push({ target: path, source: to, readOnly: false })
  }
  return binds
}

function hasLocation(artifact: Artifact): boolean {
  const { artifactory, azure, git, gcs, hdfs, http, oss, raw, s3, plugin } = artifact
  return [artifactory, azure, git, gcs, hdfs, http, oss, raw, s3, plugin].some((location) => location !== undefined)
}

/** Whether the artifact is there now; an optional one may be missing. */
async function load(artifact: Artifact, to: string, plan: InputPlan): Promise<boolean> {
  if (plan.store === undefined) throw new PodTrouble('artifact_failed', `artifact ${artifact.name} failed to load: no artifact store is configured`)
  await mkdir(dirname(to), { recursive: true })
  const loaded = await plan.store.load({ artifact, to }, plan.context)
  if (loaded.ok) return true
  if (artifact.optional === true && loaded.problem.code === 'artifact_not_found') return false
  throw new PodTrouble('artifact_failed', `artifact ${artifact.name} failed to load: ${loaded.problem.message}`)
}

/** Modes of links are left alone: setting them would reach through. */
async function setMode(path: string, mode: number, recurse: boolean): Promise<void> {
  const todo = [path]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const found = await lstat(next)
    if (found.isSymbolicLink()) continue
    if (recurse && found.isDirectory()) for (const name of await readdir(next)) todo.push(join(next, name))
    await chmod(next, mode & 0o777)
  }
}
