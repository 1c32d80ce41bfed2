// Owns the language of stubs: what each step of a simulated workflow does instead of running.

/** What a step leaves behind. A failed attempt leaves only what its stub names. */
export interface StubOutputs {
  /** Standard output, kept where the engine keeps it; empty when absent. */
  readonly result?: StubText | undefined
  /** Values of output parameters that come from files or objects; one that is absent is `stub-NAME`, `null` is a file that does not exist. */
  readonly parameters?: Readonly<Record<string, StubText | null>> | undefined
  /** The artifacts that exist; all, when absent. */
  readonly artifacts?: readonly string[] | undefined
}

/** Text, number or truth; text may hold tags such as `{{inputs.parameters.n}}` and `{{=…}}`, filled when the step starts. */
export type StubText = string | number | boolean

/** How one step behaves. Every key is optional; what several rules say is merged key by key. */
export interface Stub {
  /** From the start of the container to its end, as a Go duration; one second when absent. */
  readonly duration?: StubText | undefined
  /** How long the pod stays Pending before its container starts; nothing when absent. */
  readonly pending?: StubText | undefined
  /** Exit code of the main container or containers; 0 when absent. */
  readonly exitCode?: StubText | undefined
  /** What the container says about its failure. */
  readonly message?: StubText | undefined
  /** What the pod says about its failure. */
  readonly podMessage?: StubText | undefined
  readonly outputs?: StubOutputs | undefined
  /** Never ends by itself. */
  readonly hang?: boolean | undefined
  /** The pod vanishes at the end of its duration instead of ending. */
  readonly lost?: boolean | undefined
  /** Resource and plugin templates fail. */
  readonly fail?: boolean | undefined
  /** Chance from 0 to 1 that an attempt fails with exit code 1, drawn from the seed. */
  readonly failRate?: number | undefined
  /** HTTP templates: status code and body of the answer. */
  readonly status?: StubText | undefined
  readonly body?: StubText | undefined
  /** Suspend templates: resumed by a person after this long, with these values of supplied parameters. */
  readonly resumeAfter?: StubText | undefined
  readonly supply?: Readonly<Record<string, string>> | undefined
  /** One entry an attempt, merged over the rest; the last one repeats. */
  readonly attempts?: readonly Stub[] | undefined
}

/** Something a person does to the workflow. */
export interface StubOperation {
  readonly op: 'retry' | 'stop' | 'terminate' | 'suspend' | 'resume' | 'set'
  /** When the run has ended, or one second after a step that hangs has started; with `after`, that long after the run began. */
  readonly when?: 'ended' | 'running' | undefined
  readonly after?: string | undefined
  /** Flags of the command line: `--node-field-selector`, `--restart-successful`, `--parameter`, `--message`, `--phase`, `--output-parameter`. */
  readonly flags?: readonly string[] | undefined
  /** Replace the stubs from then on. */
  readonly stubs?: Stubs | undefined
}

/** How all steps of one workflow behave, and what people do to it. `$wf` stands for the workflow's name. */
export interface Stubs {
  readonly default?: Stub | undefined
  /** By template name. */
  readonly templates?: Readonly<Record<string, Stub>> | undefined
  /** By node name or display name; `*` matches anything. Later entries win. */
  readonly nodes?: Readonly<Record<string, Stub>> | undefined
  /** Workflow arguments, replaced or added at submission. */
  readonly args?: Readonly<Record<string, string>> | undefined
  /** Values that a person supplies to suspended nodes before resuming them. */
  readonly supply?: Readonly<Record<string, string>> | undefined
  readonly then?: readonly StubOperation[] | undefined
}
