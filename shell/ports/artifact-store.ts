// Owns the port to the places where artifacts live: files and folders are brought to a step and taken from it through this.
import type { Artifact, ArtifactLocation } from '@tiphys/core/spec'

/** Trouble with an artifact, as a value: `code` is for programs, `message` for people. */
export interface ArtifactProblem {
  readonly code:
    | 'artifact_not_found'
    | 'artifact_refused'
    | 'artifact_too_large'
    | 'artifact_unsupported'
    | 'artifact_unreachable'
    | 'artifact_invalid'
  readonly message: string
  readonly hint?: string
}

export type ArtifactResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: ArtifactProblem }

/** Bounds on what one artifact may bring. */
export interface ArtifactLimits {
  /** Bytes on disk after unpacking. */
  readonly bytesMax: number
  readonly entriesMax: number
  /** Time for the whole transfer. */
  readonly timeoutMs: number
}

/** What drivers need from their surroundings. */
export interface ArtifactContext {
  readonly namespace: string
  /** One key of a secret in the namespace. */
  secret(name: string, key: string): Promise<string | undefined>
  /** Where artifacts of the step go that name a key alone, or nothing; absent for the default repository. */
  readonly repository?: ArtifactLocation | undefined
  readonly limits?: Partial<ArtifactLimits>
  readonly signal?: AbortSignal
}

export interface ArtifactLoad {
  /** With its location. `archive` says how to unpack; absent, gzipped tar is recognised by content. */
  readonly artifact: Artifact
  /** Absolute path that does not exist yet; its folder does. Becomes a file or a folder. */
  readonly to: string
}

export interface ArtifactSave {
  /** With the location where it goes, its key complete. */
  readonly artifact: Artifact
  /** Absolute path of a file or folder that nobody changes any more. Links inside are kept as links and never followed. */
  readonly from: string
  /** Nobody changes `from` ever again: a driver on the same disk may link to its files instead of copying them. */
  readonly mayLink?: boolean
}

export interface OpenedArtifact {
  readonly bytes?: number
  readonly stream: AsyncIterable<Uint8Array>
  /** Packed only now, since it is no single file. */
  readonly isFolder?: boolean
}

/** One thing in a listing. */
export interface ArtifactEntry {
  readonly key: string
  readonly bytes: number
}

/**
 * Brings, keeps and removes artifacts. Operations that a driver cannot do answer `artifact_unsupported`. Nothing that is loaded may write outside
 * `to`; nothing that is saved is read through a link.
 */
export interface ArtifactStore {
  load(request: ArtifactLoad, context: ArtifactContext): Promise<ArtifactResult<void>>
  /** Answers with the location as it should be recorded. */
  save(request: ArtifactSave, context: ArtifactContext): Promise<ArtifactResult<Artifact>>
  /** The stored bytes as they stand: an archive if it was archived. A folder that was stored as it is comes as gzipped tar. */
  open(artifact: Artifact, context: ArtifactContext): Promise<ArtifactResult<OpenedArtifact>>
  remove(artifact: Artifact, context: ArtifactContext): Promise<ArtifactResult<void>>
  /** Keys below the artifact's key. */
  list(artifact: Artifact, context: ArtifactContext): Promise<ArtifactResult<readonly ArtifactEntry[]>>
  isDirectory(artifact: Artifact, context: ArtifactContext): Promise<ArtifactResult<boolean>>
}
