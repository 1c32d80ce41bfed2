// Owns who may run when not all may: a number of workflows in all and in each namespace, the most important first, then the oldest (THROTTLE-1 … THROTTLE-5).

export interface ThrottleLimits {
  /** 0 for any number. */
  readonly total: number
  readonly perNamespace: number
  /** Namespaces with a limit of their own. */
  readonly ofNamespace: ReadonlyMap<string, number>
}

export interface Contender {
  readonly key: string
  readonly namespace: string
  readonly priority: number
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** Every change tells the keys of those that may begin by it. */
export interface Throttle {
  /** Whoever comes runs at once if there is room and nobody more important waits. */
  add(contender: Contender): readonly string[]
  /** One that runs already keeps its place, whatever the limits say. */
  keep(contender: Contender): void
  remove(key: string): readonly string[]
  setLimits(limits: ThrottleLimits): readonly string[]
  isRunning(key: string): boolean
  readonly waiting: number
  readonly running: number
}

export const NO_LIMITS: ThrottleLimits = { total: 0, perNamespace: 0, ofNamespace: new Map() }

interface State {
  limits: ThrottleLimits
  /** Those that run, with their namespaces; how many run in each. */
  readonly running: Map<string, string>
  readonly counts: Map<string, number>
  /** Those that wait, by namespace, the next one first. */
  readonly queues: Map<string, Contender[]>
  readonly waiting: Map<string, Contender>
}

export function createThrottle(limits: ThrottleLimits = NO_LIMITS): Throttle {
  const state: State = { limits, running: new Map(), counts: new Map(), queues: new Map(), waiting: new Map() }
  return {
    add: (contender) => {
      if (state.running.has(contender.key) || state.waiting.has(contender.key)) return []
      enqueue(state, contender)
      return drain(state)
    },
    keep: (contender) => {
      dequeue(state, contender.key)
      if (!state.running.has(contender.key)) run(state, contender)
    },
    remove: (key) => {
      dequeue(state, key)
      const namespace = state.running.get(key)
      if (namespace === undefined) return []
      state.running.delete(key)
      state.counts.set(namespace, (state.counts.get(namespace) ?? 1) - 1)
      return drain(state)
    },
    setLimits: (changed) => {
      state.limits = changed
      return drain(state)
    },
    isRunning: (key) => state.running.has(key),
    get waiting() {
      return state.waiting.size
    },
    get running() {
      return state.running.size
    },
  }
}

function enqueue(state: State, contender: Contender): void {
  state.waiting.set(contender.key, contender)
  const queue = state.queues.get(contender.namespace) ?? []
  state.queues.set(contender.namespace, queue)
  let low = 0
  for (let high = queue.length; low < high;) {
    const middle = (low + high) >> 1
    const other = queue[middle]
    if (other !== undefined && comesBefore(contender, other)) high = middle
    else low = middle + 1
  }
  queue.splice(low, 0, contender)
}

function comesBefore(a: Contender, b: Contender): boolean {
  return a.priority === b.priority ? a.createdAt < b.createdAt : a.priority > b.priority
}

function dequeue(state: State, key: string): void {
  const contender = state.waiting.get(key)
  if (contender === undefined) return
  state.waiting.delete(key)
  const queue = state.queues.get(contender.namespace) ?? []
  queue.splice(queue.indexOf(contender), 1)
  if (queue.length === 0) state.queues.delete(contender.namespace)
}

function run(state: State, { key, namespace }: Contender): void {
  state.running.set(key, namespace)
  state.counts.set(namespace, (state.counts.get(namespace) ?? 0) + 1)
}

function drain(state: State): readonly string[] {
  const begun: string[] = []
  for (let next = nextOf(state); next !== undefined; next = nextOf(state)) {
    dequeue(state, next.key)
    run(state, next)
    begun.push(next.key)
  }
  return begun
}

function nextOf(state: State): Contender | undefined {
  const { limits, running, queues } = state
  if (limits.total > 0 && running.size >= limits.total) return undefined
  let best: Contender | undefined
  for (const [namespace, [head]] of queues) {
    if (head !== undefined && hasRoom(state, namespace) && (best === undefined || comesBefore(head, best))) best = head
  }
  return best
}

function hasRoom({ limits, counts }: State, namespace: string): boolean {
  const limit = limits.ofNamespace.get(namespace) ?? limits.perNamespace
  return limit <= 0 || (counts.get(namespace) ?? 0) < limit
}
