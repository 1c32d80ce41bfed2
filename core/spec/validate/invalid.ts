// Owns what the verdict of the reference looks like: its message, and the place that it is about.
import type { Path } from '../decode/path.ts'
import type { WorkflowSpec } from '../wire/index.ts'

/** An object in which templates are looked up: a workflow, or a (cluster) workflow template that it refers to. */
export interface Base {
  readonly kind: 'local' | 'namespaced' | 'cluster'
  readonly name: string
  readonly spec: WorkflowSpec
  /** Where `spec` lies in the object, such as `spec` or `spec.workflowSpec`. */
  readonly specPath: Path
  /** The object as it was given, so that callers can tell which document a place is in. */
  readonly object: object
}

/** A place in one of the objects. */
export interface Place {
  readonly base: Base
  readonly path: Path
}

/** Why the reference refuses an object. The message is the reference's own, which scripts and tests compare. */
export interface Invalid {
  readonly message: string
  readonly place: Place
}

export function invalid(place: Place, message: string): Invalid {
  return { message, place }
}

export function within(place: Place, ...path: Path): Place {
  return { base: place.base, path: [...place.path, ...path] }
}

/** The same refusal, said from one level further out. */
export function prefixed(prefix: string, inner: Invalid): Invalid {
  return { message: prefix + inner.message, place: inner.place }
}
