// Owns the port to time: nothing below the programs reads the host's clock by itself.

export type CancelTimer = () => void

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Calls back once, no earlier than at that time. A clock that was set forward may call at once. */
  at(time: number, callback: () => void): CancelTimer
}
