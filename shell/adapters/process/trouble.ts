// Owns how a pod that cannot be carried out is described: a code for programs, one message for people.

export type TroubleCode =
  | 'command_not_found'
  | 'cluster_needed'
  | 'command_unknown'
  | 'value_unusable'
  | 'view_unavailable'
  | 'volume_unsupported'
  | 'object_missing'
  | 'artifact_failed'
  | 'request_invalid'
  | 'host_failed'

/** Thrown while a pod is prepared and caught once, where the pod becomes a fact. */
export class PodTrouble extends Error {
  readonly code: TroubleCode
  /** The container that cannot start, when it is about one. */
  readonly container: string | undefined

  constructor(code: TroubleCode, message: string, container?: string) {
    super(message)
    this.code = code
    this.container = container
  }
}
