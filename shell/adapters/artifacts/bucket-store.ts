// Owns standing in for object stores elsewhere: what a manifest keeps in a bucket lies in a folder of that bucket's own on this machine, and people are told so.
import { join } from 'node:path'
import type { Artifact, ArtifactLocation } from '@tiphys/core/spec'
import type { ArtifactContext, ArtifactProblem, ArtifactResult, ArtifactStore } from '@tiphys/shell/ports'
import { createLocalArtifactStore } from './local-store.ts'
import { isKeyOnly, locationKind, type LocationKind } from './location.ts'

/** A bucket that a folder stands for. */
export interface StandIn {
  readonly kind: LocationKind
  readonly bucket: string
  /** Where its content lies instead. */
  readonly folder: string
}

export interface BucketStoreOptions {
  /** Folder of the default repository. The folders of buckets lie in it, below `buckets/KIND`. */
  readonly folder: string
  readonly repository: ArtifactStore
  /** Told of every bucket when it is first used. */
  readonly onStandIn?: ((standIn: StandIn) => void) | undefined
}

/** Kinds of storage that a folder can stand for: all that know things by keys in a bucket. */
export const bucketKinds = ['s3', 'gcs', 'oss', 'azure', 'hdfs'] as const

/**
 * One store for all buckets, by kind and name. What is not in the folder of a bucket is looked for in the default repository: a workflow may name
 * the bucket of its repository once in full and once by the key alone.
 */
export function createBucketStore({ folder, repository, onStandIn }: BucketStoreOptions): ArtifactStore {
  const stores = new Map<string, ArtifactStore>()
  const storeOf = (artifact: Artifact): ArtifactStore => {
    const place = placeOf(artifact, folder)
    if (place === undefined) return repository
    const known = stores.get(place.folder)
    if (known !== undefined) return known
    const store = createLocalArtifactStore(place.folder)
    stores.set(place.folder, store)
    onStandIn?.(place)
    return store
  }
  const first = async <T>(artifact: Artifact, work: (store: ArtifactStore) => Promise<ArtifactResult<T>>): Promise<ArtifactResult<T>> => {
    const found = await work(storeOf(artifact))
    if (found.ok || found.problem.code !== 'artifact_not_found') return found
    const inRepository = await work(repository)
    return inRepository.ok ? inRepository : missingFrom(placeOf(artifact, folder), found.problem)
  }
  return {
    load: (request, context) => first(request.artifact, (store) => store.load(request, context)),
    save: (request, context) => storeOf(request.artifact).save(request, context),
    open: (artifact, context) => first(artifact, (store) => store.open(artifact, context)),
    remove: (artifact, context) => storeOf(artifact).remove(artifact, context),
    list: async (artifact, context) => {
      const listed = await storeOf(artifact).list(artifact, context)
      return listed.ok && listed.value.length === 0 ? repository.list(artifact, context) : listed
    },
    isDirectory: (artifact, context) => first(artifact, (store) => store.isDirectory(artifact, context)),
  }
}

/** Whoever runs a manifest here for the first time has to bring what the bucket holds. */
function missingFrom(place: StandIn | undefined, problem: ArtifactProblem): { readonly ok: false; readonly problem: ArtifactProblem } {
  if (place === undefined) return { ok: false, problem }
  const { kind, bucket, folder } = place
  const hint = `put the content of the ${names[kind] ?? kind} into ${join(folder, 'plain')}, by its keys`
  return { ok: false, problem: { ...problem, message: `${problem.message} in the folder that stands for the ${names[kind] ?? kind} ${JSON.stringify(bucket)} here: ${hint}`, hint } }
}

/** A store whose artifacts go to a repository elsewhere by the manifest, and tells so: they lie where the default repository is. */
export function tellingOfRepository(store: ArtifactStore, folder: string, onStandIn: (standIn: StandIn) => void): ArtifactStore {
  const told = new Set<string>()
  const tell = (artifact: Artifact, { repository }: ArtifactContext): void => {
    if (repository === undefined || (locationKind(artifact) !== undefined && !isKeyOnly(artifact))) return
    const place = placeOf({ name: '', ...repository }, folder)
    if (place === undefined || told.has(place.folder)) return
    told.add(place.folder)
    onStandIn({ ...place, folder })
  }
  return {
    ...store,
    load: (request, context) => {
      tell(request.artifact, context)
      return store.load(request, context)
    },
    save: (request, context) => {
      tell(request.artifact, context)
      return store.save(request, context)
    },
  }
}

/** The name of the default repository of one machine, which stands for nothing else. */
export const localBucket = 'local'

function placeOf(artifact: Artifact, folder: string): StandIn | undefined {
  const kind = bucketKinds.find((name) => artifact[name] !== undefined)
  if (kind === undefined || isKeyOnly(artifact)) return undefined
  const bucket = bucketOf(artifact, kind)
  if (bucket === localBucket && artifact.s3?.endpoint === localBucket) return undefined
  // An encoded name is one folder: no name leads elsewhere.
  return { kind, bucket, folder: join(folder, 'buckets', kind, encodeURIComponent(bucket === '' ? 'none' : bucket).replace(/^\.+$/, (dots) => dots.replaceAll('.', '%2E'))) }
}

function bucketOf({ s3, gcs, oss, azure, hdfs }: ArtifactLocation, kind: (typeof bucketKinds)[number]): string {
  switch (kind) {
    case 's3': return s3?.bucket ?? ''
    case 'gcs': return gcs?.bucket ?? ''
    case 'oss': return oss?.bucket ?? ''
    case 'azure': return azure?.container ?? ''
    case 'hdfs': return hdfs?.addresses?.[0] ?? ''
  }
}

/** One sentence for people. */
export function standInText({ kind, bucket, folder }: StandIn): string {
  return `artifacts of the ${names[kind] ?? kind} ${JSON.stringify(bucket)} are kept on this machine, in ${folder}: nothing is read from or written to the ${kind} storage itself`
}

const names: Readonly<Partial<Record<LocationKind, string>>> = { s3: 'S3 bucket', gcs: 'GCS bucket', oss: 'OSS bucket', azure: 'Azure container', hdfs: 'HDFS file system' }
