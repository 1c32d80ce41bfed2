// Owns how a follower waits for changes: told of each, and of those that come while it is busy.

/** One follower's ear. A change that comes between two calls of `next` is not lost. */
export interface Ear {
  /** Resolves when something changed since the last call, at the latest when the ear or the store closes. */
  next(): Promise<void>
  readonly closed: boolean
  close(): void
}

export class FeedEar implements Ear {
  readonly topic: string | undefined
  readonly #onClose: () => void
  #changed = false
  #wake: (() => void) | undefined
  closed = false

  constructor(topic: string | undefined, onClose: () => void) {
    this.topic = topic
    this.#onClose = onClose
  }

  next(): Promise<void> {
    if (this.#changed || this.closed) {
      this.#changed = false
      return Promise.resolve()
    }
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  tell(): void {
    if (this.#wake === undefined) this.#changed = true
    else this.#release()
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.#release()
    this.#onClose()
  }

  #release(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}

/** Calls back after every change until the ear is closed. */
export function listenTo(ear: Ear, listener: () => void): void {
  void (async () => {
    while (!ear.closed) {
      await ear.next()
      if (!ear.closed) listener()
    }
  })()
}
