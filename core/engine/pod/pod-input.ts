// Owns what a pod is built from: one node's facts, its resolved template and the controller's configuration.
import type { TemplateScope } from '@tiphys/core/expr'
import type { ArtifactRepository, Container, Pod, Template, Volume, WorkflowSpec } from '@tiphys/core/spec'

/** The command and arguments that an image starts with when a container names none. */
export interface ImageEntrypoint {
  readonly entrypoint?: readonly string[] | undefined
  readonly cmd?: readonly string[] | undefined
}

/** What a controller is configured with, as far as it shapes pods. */
export interface PodConfig {
  /** Where artifacts and logs go by default. */
  readonly artifactRepository?: ArtifactRepository | undefined
  /** Defaults that lie under every main container. */
  readonly mainContainer?: Partial<Container> | undefined
  /** Runs resource and data templates on Kubernetes. */
  readonly executorImage?: string | undefined
  /** Entrypoints by image; the key `*` stands for every image that is not listed. */
  readonly images?: Readonly<Record<string, ImageEntrypoint>> | undefined
  /** How long finished pods wait before they are deleted, as a duration; 5 seconds when absent. */
  readonly podGCDeleteDelayDuration?: string | undefined
  /** Put on every pod when not empty. */
  readonly instanceId?: string | undefined
  /** The node label that retries on another host look at; `kubernetes.io/hostname` when absent, none when empty. */
  readonly retryHostLabel?: string | undefined
  /** Artifact plugins with their connection timeouts. */
  readonly artifactDrivers?: readonly { readonly name: string; readonly connectionTimeoutSeconds?: number | undefined }[] | undefined
  /** Whether pods are held back from deletion until their last state was seen. */
  readonly statusFinalizer?: boolean | undefined
}

/** Everything that a pod depends on. Nothing in it is changed; what a pod shares with its input stays shared. */
export interface PodInput {
  readonly workflow: {
    readonly name: string
    readonly namespace: string
    readonly uid: string
    readonly labels?: Readonly<Record<string, string>> | undefined
    readonly annotations?: Readonly<Record<string, string>> | undefined
  }
  /** The spec that is executed, workflow-level variables substituted. */
  readonly spec: WorkflowSpec
  /** The template with all substitutions done and defaults merged. */
  readonly template: Template
  /** The steps or dag template that called this one. */
  readonly boundaryTemplate?: Template | undefined
  readonly nodeId: string
  readonly nodeName: string
  readonly podName: string
  readonly onExit: boolean
  /** Whether something refers to the step's standard output. */
  readonly includeScriptOutput: boolean
  /** Seconds that the pod may run, as `podDeadline` found them; absent, the template's own `activeDeadlineSeconds` counts. */
  readonly activeDeadlineSeconds?: number | undefined
  /** Seconds left of the template's `timeout`, as `podDeadline` found them; beats every other deadline. */
  readonly timeoutSeconds?: number | undefined
  /** When the executor must end the step at the latest, in milliseconds since the epoch. */
  readonly executionDeadline?: number | undefined
  /** The workflow's volumes. */
  readonly volumes: readonly Volume[]
  /** Volumes of the workflow's own claims, from `status.persistentVolumeClaims`. */
  readonly claims: readonly Volume[]
  /** Hosts on which earlier attempts failed and where this one must not run. */
  readonly retryHosts?: readonly string[] | undefined
  /** The repository that the workflow chose, instead of the configured one. */
  readonly artifactRepository?: ArtifactRepository | undefined
  readonly config: PodConfig
  /** Variables of this node, `pod.name` among them, for text that comes from the workflow or the configuration. */
  readonly scope: TemplateScope
}

/** `template` is what an executor gets to know: artifact locations completed, input parameters left out. */
export type PodResult =
  | { readonly ok: true; readonly pod: Pod; readonly template: Template }
  | { readonly ok: false; readonly message: string }
