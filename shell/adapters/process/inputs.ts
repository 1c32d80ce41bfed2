// Owns bringing input artifacts to where a step expects them.
import { chmod, cp, lstat, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
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

const noteName = 'loaded.json'

/** Loads every input artifact. Gives what is to be bound into the main containers. Once all are there, asking again loads nothing. */
export async function loadInputs(plan: InputPlan): Promise<DeclaredBind[]> {
  const note = join(plan.folder, noteName)
  const known = await readFile(note, 'utf8').catch(() => undefined)
  // Our own file: steps see only the entries beside it.
  if (known !== undefined) return JSON.parse(known) as DeclaredBind[]
  const binds: DeclaredBind[] = []
  for (const [index, artifact] of (plan.template.inputs?.artifacts ?? []).entries()) {
    const { path } = artifact
    if (path === undefined || path === '' || (artifact.optional === true && !hasLocation(artifact))) continue
    const to = join(plan.folder, String(index))
    await rm(to, { recursive: true, force: true })
    if (!(await load(artifact, to, plan))) continue
    if (artifact.mode !== undefined) await setMode(to, artifact.mode, artifact.recurseMode === true)
    const volume = plan.volumes.findLast(({ target }) => isWithin(path, target))
    if (volume === undefined) binds.push({ target: path, source: to, readOnly: false })
    else await intoVolume(to, join(volume.source, path.slice(volume.target.length)))
  }
  // In one step: a note that a crash cut short would be taken for what was loaded.
  await writeFile(`${note}.new`, JSON.stringify(binds))
  await rename(`${note}.new`, note)
  return binds
}

/** What the volume holds already stays, except files of the same name. */
async function intoVolume(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  await cp(from, to, { recursive: true, force: true, verbatimSymlinks: true, preserveTimestamps: true })
}

function hasLocation(artifact: Artifact): boolean {
  const { artifactory, azure, git, gcs, hdfs, http, oss, raw, s3, plugin } = artifact
  return [artifactory, azure, git, gcs, hdfs, http, oss, raw, s3, plugin].some((location) => location !== undefined)
}

/** Whether the artifact is there now; an optional one may be missing. */
async function load(artifact: Artifact, to: string, plan: InputPlan): Promise<boolean> {
  if (plan.store === undefined) throw new PodTrouble('artifact_failed', `artifact ${artifact.name} failed to load: no artifact store is configured`)
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
