// Owns the volumes of a pod as folders and files of this host.
import { chmod, lstat, mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Pod } from '@tiphys/core/spec'
import type { ContainerPlan } from './pod-plan.ts'
import { podField, resourceField, type EnvironmentScope } from './environment.ts'
import { expandReferences } from './expansion.ts'
import { fileNamePart } from './log-paths.ts'
import { PodTrouble } from './trouble.ts'
import type { DeclaredBind } from './private-view.ts'

type Volume = NonNullable<NonNullable<Pod['spec']>['volumes']>[number]

export interface VolumeFolders {
  /** For volumes that live and die with the pod. */
  readonly pod: string
  /** For claims, which outlive pods: one folder per namespace and claim. */
  readonly claims: string
}

/** Makes the volumes that some container mounts. Gives their places by name. */
export async function prepareVolumes(scope: EnvironmentScope, mounted: ReadonlySet<string>, folders: VolumeFolders): Promise<Map<string, string>> {
  const places = new Map<string, string>()
  for (const volume of scope.pod.spec?.volumes ?? []) {
    if (mounted.has(volume.name)) places.set(volume.name, await placeVolume(volume, scope, folders))
  }
  for (const name of mounted) if (!places.has(name)) throw new PodTrouble('request_invalid', `volume "${name}" is mounted but not declared`)
  return places
}

async function placeVolume(volume: Volume, scope: EnvironmentScope, folders: VolumeFolders): Promise<string> {
  const own = join(folders.pod, fileNamePart(volume.name))
  if (volume.hostPath !== undefined) return hostPath(volume.hostPath, volume.name)
  if (volume.persistentVolumeClaim !== undefined) {
    return sharedFolder(claimFolder(folders.claims, scope.namespace, volume.persistentVolumeClaim.claimName))
  }
  if (volume.emptyDir !== undefined || volume.ephemeral !== undefined) return sharedFolder(own)
  await mkdir(own, { recursive: true, mode: 0o755 })
  if (volume.configMap !== undefined) await writeMap(own, { kind: 'configmap', ...volume.configMap, name: volume.configMap.name ?? '' }, scope)
  else if (volume.secret !== undefined) await writeMap(own, { kind: 'secret', ...volume.secret, name: volume.secret.secretName ?? '' }, scope)
  else if (volume.downwardAPI !== undefined) await writeFields(own, volume.downwardAPI, scope)
  else if (volume.projected !== undefined) await writeProjected(own, volume.projected, scope)
  else throw new PodTrouble('volume_unsupported', `volume "${volume.name}" is of a kind that this host does not offer (${kindOf(volume)}): use emptyDir, hostPath, a claim, configMap or secret, or run the workflow on a cluster`)
  return own
}

export function claimFolder(claims: string, namespace: string, name: string): string {
  return join(claims, fileNamePart(namespace), fileNamePart(name))
}

function kindOf(volume: Volume): string {
  return Object.keys(volume).find((key) => key !== 'name') ?? 'no source'
}

/** Writable by whoever a container runs as, like an emptyDir. */
async function sharedFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true })
  await chmod(path, 0o777)
  return path
}

async function hostPath(source: NonNullable<Volume['hostPath']>, name: string): Promise<string> {
  const { path, type } = source
  if (type === 'DirectoryOrCreate') await mkdir(path, { recursive: true })
  if (type === 'FileOrCreate') await writeFile(path, '', { flag: 'a' })
  const found = await stat(path).catch(() => undefined)
  if (found === undefined && (type ?? '') === '') {
    await mkdir(path, { recursive: true })
    return path
  }
  const fits = found !== undefined && (type === 'Directory' || type === 'DirectoryOrCreate' ? found.isDirectory() : type === 'File' || type === 'FileOrCreate' ? found.isFile() : true)
  if (!fits) throw new PodTrouble('object_missing', `hostPath type check failed: ${path} is not a ${type ?? 'path'} (volume "${name}")`)
  return path
}

interface MapSource {
  readonly kind: 'configmap' | 'secret'
  readonly name: string
  readonly items?: readonly { readonly key: string; readonly path: string; readonly mode?: number | undefined }[] | undefined
  readonly defaultMode?: number | undefined
  readonly optional?: boolean | undefined
}

async function writeMap(folder: string, source: MapSource, scope: EnvironmentScope): Promise<void> {
  const data = source.kind === 'configmap' ? await scope.lookup.configMap(source.name) : await scope.lookup.secret(source.name)
  if (data === undefined) {
    if (source.optional === true) return
    throw new PodTrouble('object_missing', `${source.kind} "${source.name}" not found`)
  }
  const items = source.items ?? Object.keys(data).map((key) => ({ key, path: key, mode: undefined }))
  for (const { key, path, mode } of items) {
    const value = Object.hasOwn(data, key) ? data[key] : undefined
    if (value !== undefined) await writeInside(folder, path, { text: value, mode: mode ?? source.defaultMode })
    else if (source.optional !== true) throw new PodTrouble('object_missing', `references non-existent ${source.kind} key: ${key}`)
  }
}

async function writeFields(folder: string, source: NonNullable<Volume['downwardAPI']>, scope: EnvironmentScope): Promise<void> {
  for (const { path, fieldRef, resourceFieldRef, mode } of source.items ?? []) {
    const [first] = scope.pod.spec?.containers ?? []
    const text = fieldRef !== undefined ? podField(fieldRef.fieldPath, scope) : resourceFieldRef !== undefined && first !== undefined ? resourceField(resourceFieldRef, first, scope.pod) : ''
    await writeInside(folder, path, { text, mode: mode ?? source.defaultMode })
  }
}

async function writeProjected(folder: string, source: NonNullable<Volume['projected']>, scope: EnvironmentScope): Promise<void> {
  for (const { configMap, secret, downwardAPI, serviceAccountToken } of source.sources) {
    if (configMap !== undefined) await writeMap(folder, { kind: 'configmap', ...configMap, name: configMap.name ?? '', defaultMode: source.defaultMode }, scope)
    if (secret !== undefined) await writeMap(folder, { kind: 'secret', ...secret, name: secret.name ?? '', defaultMode: source.defaultMode }, scope)
    if (downwardAPI !== undefined) await writeFields(folder, { items: downwardAPI.items, defaultMode: source.defaultMode }, scope)
    if (serviceAccountToken !== undefined) throw new PodTrouble('volume_unsupported', 'service account tokens exist only on a cluster')
  }
}

/** Names of files come from manifests: they stay inside the folder. */
async function writeInside(folder: string, path: string, file: { readonly text: string; readonly mode: number | undefined }): Promise<void> {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.length === 0 || parts.includes('..') || path.startsWith('/') || path.includes('\0')) throw new PodTrouble('request_invalid', `"${path}" is not a path inside a volume`)
  const target = join(folder, ...parts)
  await mkdir(dirname(target), { recursive: true })
  await writeFile(target, file.text)
  await chmod(target, (file.mode ?? 0o644) & 0o777)
}

/** What a container mounts, as binds of its view. Sub-paths are made where they are missing and never lead out of their volume. */
export async function bindsOf(plan: ContainerPlan, places: ReadonlyMap<string, string>, environment: ReadonlyMap<string, string>): Promise<DeclaredBind[]> {
  const binds: DeclaredBind[] = []
  for (const mount of plan.mounts) {
    const place = places.get(mount.name)
    if (place === undefined) continue
    const subPath = mount.subPathExpr !== undefined && mount.subPathExpr !== '' ? expandReferences(mount.subPathExpr, environment) : (mount.subPath ?? '')
    binds.push({ target: mount.mountPath, source: await insideVolume(place, subPath, plan.container.name), readOnly: mount.readOnly === true })
  }
  return binds
}

async function insideVolume(place: string, subPath: string, container: string): Promise<string> {
  let at = place
  for (const part of subPath.split('/').filter((text) => text !== '' && text !== '.')) {
    if (part === '..') throw new PodTrouble('request_invalid', `subPath "${subPath}" leads out of its volume`, container)
    at = join(at, part)
    const found = await lstat(at).catch(() => undefined)
    if (found?.isSymbolicLink() === true) throw new PodTrouble('request_invalid', `subPath "${subPath}" goes through a link`, container)
    if (found === undefined) await mkdir(at, { mode: 0o755 })
  }
  return at
}
