// Owns the port to the logs of containers: append-only text, readable while a step runs and after it.

/** Whose log it is. */
export interface LogKey {
  readonly workflowUid: string
  readonly nodeId: string
  readonly attempt: number
  readonly container: string
}

export interface LogLine {
  /** When the line was seen, Unix milliseconds; lines of a step that ran for an instant share its end. */
  readonly at: number
  readonly stream: 'stdout' | 'stderr'
  /** Without its newline; cut at the reader's limit. */
  readonly text: string
}

export interface LogQuery {
  /** Goes on until the container has ended or `signal` fires. */
  readonly follow?: boolean
  /** Only the last lines of what is there now. */
  readonly tailLines?: number
  /** Leaves out lines older than this, Unix milliseconds. */
  readonly since?: number
  /** Stops after so many bytes of text. */
  readonly bytesMax?: number
  readonly signal?: AbortSignal
}

export interface LogStore {
  /** Lines in the order in which they were seen. A log that does not exist is empty. */
  read(key: LogKey, query?: LogQuery): AsyncIterable<LogLine>
  /** Names of the containers of an attempt that have a log. */
  containers(key: Omit<LogKey, 'container'>): Promise<readonly string[]>
  /** Forgets all logs of a workflow. */
  remove(workflowUid: string): Promise<void>
}
