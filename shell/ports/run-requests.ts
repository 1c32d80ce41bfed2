// Owns the port to requests for runs that another process carries out: kept until whoever has the run has answered.

export interface StoredRequest {
  readonly id: number
  readonly uid: string
  /** One JSON text of the caller's. */
  readonly body: string
}

/** Every promise resolves once what it did is on disk, and rejects with `StorageError`. */
export interface RunRequestStore {
  /** Keeps a request; the number is its own. */
  put(uid: string, body: string, at: number): Promise<number>
  /** Requests without an answer for runs that this process has, in the order in which they came. */
  pending(): Promise<readonly StoredRequest[]>
  /** Answers with one JSON text. One that was withdrawn meanwhile stays gone. */
  answer(id: number, text: string): Promise<void>
  /** The answer, or undefined as long as there is none. */
  answerOf(id: number): Promise<string | undefined>
  /** Forgets a request, and with it those that were put an hour or more before `at` and whose answers nobody has collected. */
  remove(id: number, at: number): Promise<void>
  /** Calls back when other processes may have asked or answered, until `signal` fires. */
  onChange(listener: () => void, signal: AbortSignal): void
}
