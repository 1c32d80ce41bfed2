// Owns the shapes that tests written in TypeScript see. Nothing but stubs comes from elsewhere, so that the package can hand it out as it is.
export type { Stub, StubOperation, StubOutputs, StubText, Stubs } from '@tiphys/core/simulate'

/** A Workflow manifest as an object. What cannot work in it is told when it is simulated. */
export interface Manifest {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: { readonly name?: string | undefined; readonly generateName?: string | undefined; readonly namespace?: string | undefined }
  readonly spec: object
}

export interface NodeOutputs {
  readonly result?: string | undefined
  readonly exitCode?: string | undefined
  readonly parameters?: readonly { readonly name: string; readonly value?: string | null | undefined }[] | undefined
  readonly artifacts?: readonly { readonly name: string }[] | undefined
}

export interface FinishedNode {
  readonly id: string
  readonly name: string
  readonly displayName?: string | undefined
  readonly type: string
  readonly templateName?: string | undefined
  /** `Succeeded`, `Failed`, `Error`, `Skipped`, `Omitted`; something else where the run never ends. */
  readonly phase?: string | undefined
  readonly message?: string | undefined
  readonly children?: readonly string[] | undefined
  readonly outputs?: NodeOutputs | undefined
  /** RFC 3339. */
  readonly startedAt?: string | undefined
  readonly finishedAt?: string | undefined
}

/** A Workflow with its status at the end, as a server would show it. */
export interface FinishedWorkflow extends Manifest {
  readonly status?: {
    readonly phase?: string | undefined
    readonly message?: string | undefined
    /** By id. */
    readonly nodes?: Readonly<Record<string, FinishedNode>> | undefined
    readonly outputs?: NodeOutputs | undefined
  } | undefined
}

export interface Options {
  /** Templates, ConfigMaps and Secrets around the workflow: objects, or text with manifests. */
  readonly with?: readonly (object | string)[] | undefined
  readonly name?: string | undefined
  readonly namespace?: string | undefined
  /** Draws of chance follow from it; equal seeds give equal results. */
  readonly seed?: string | undefined
  /** Start of the virtual clock in milliseconds since the epoch; the beginning of 2030 when absent. */
  readonly startedAt?: number | undefined
}

/** What happened to one step, in milliseconds since the epoch. */
export interface Lane {
  readonly node: string
  readonly template: string
  readonly kind: 'pod' | 'task' | 'suspend'
  readonly from: number
  /** When its container started, for pods that waited. */
  readonly startedAt: number | undefined
  /** Undefined when it had not ended with the simulation. */
  readonly to: number | undefined
  /** Absent when it went well: `exit code 1` and the like. */
  readonly outcome: string | undefined
}

export interface Simulated {
  readonly workflow: FinishedWorkflow
  /** In the order of creation, with everything substituted. */
  readonly pods: readonly { readonly node: string; readonly template: string; readonly podName: string; readonly pod: object }[]
  readonly timeline: readonly Lane[]
  /** Names of the nodes whose pods or tasks started, in that order. */
  readonly started: readonly string[]
  /** Rules of the stubs that no step has matched. */
  readonly unusedStubs: readonly string[]
  /** What went wrong with the simulation itself; a workflow that fails is none. */
  readonly problems: readonly Problem[]
  /** Virtual time from start to end. */
  readonly durationMs: number
}

export interface Problem {
  readonly code: string
  readonly message: string
  readonly path?: string | undefined
  readonly hint?: string | undefined
}

/** Expectations as `--assert` takes them; keys and meaning are in the guide to simulation. */
export interface Assertions {
  readonly phase?: string | undefined
  readonly message?: string | undefined
  readonly outputs?: ExpectedOutputs | undefined
  readonly nodes?: Readonly<Record<string, ExpectedNode>> | undefined
  readonly never?: readonly string[] | undefined
  readonly order?: readonly string[] | undefined
  readonly time?: { readonly max?: string | undefined; readonly min?: string | undefined } | undefined
  readonly peak?: { readonly pods?: number | undefined; readonly cpu?: string | undefined; readonly memory?: string | undefined } | undefined
}

export interface ExpectedOutputs {
  readonly result?: string | undefined
  readonly exitCode?: string | undefined
  readonly parameters?: Readonly<Record<string, string>> | undefined
  readonly artifacts?: readonly string[] | undefined
}

export interface ExpectedNode {
  readonly phase?: string | undefined
  readonly message?: string | undefined
  readonly count?: number | undefined
  readonly attempts?: number | undefined
  readonly inputs?: Readonly<Record<string, string>> | undefined
  readonly outputs?: ExpectedOutputs | undefined
  readonly after?: readonly string[] | undefined
  readonly within?: string | undefined
}

/** One decision of a workflow and how often each way was taken. */
export interface Branch {
  readonly template: string
  /** Such as `steps[1].notify`; empty for the template itself, `workflow` for the workflow as a whole. */
  readonly place: string
  readonly kind: 'when' | 'depends' | 'retry' | 'hook' | 'exit' | 'loop'
  readonly text: string
  /** Times by outcome, with 0 for one that never came. */
  readonly taken: Readonly<Record<string, number>>
}

export interface Coverage {
  readonly branches: readonly Branch[]
  /** Outcomes that came at least once, and outcomes that are possible. */
  readonly covered: number
  readonly total: number
}
