// Owns the virtual clock's agenda: what happens next, in order of time and, at the same time, of asking.

export interface Entry<T> { readonly at: number; readonly order: number; readonly what: T }

/** A binary heap, so that a hundred thousand waiting steps cost a logarithm each. */
export interface Agenda<T> { readonly heap: Entry<T>[]; asked: number }

export function createAgenda<T>(): Agenda<T> {
  return { heap: [], asked: 0 }
}

export function schedule<T>(agenda: Agenda<T>, at: number, what: T): void {
  const { heap } = agenda
  heap.push({ at, order: agenda.asked++, what })
  let child = heap.length - 1
  while (child > 0) {
    const parent = (child - 1) >> 1
    if (!isBefore(heap, child, parent)) break
    swap(heap, child, parent)
    child = parent
  }
}

/** The time of the first entry. */
export function nextTime<T>(agenda: Agenda<T>): number | undefined {
  return agenda.heap[0]?.at
}

/** Takes the first entry out. */
export function takeNext<T>(agenda: Agenda<T>): Entry<T> | undefined {
  const { heap } = agenda
  const first = heap[0]
  const last = heap.pop()
  if (first === undefined || last === undefined || heap.length === 0) return first
  heap[0] = last
  let parent = 0
  for (;;) {
    let least = parent
    for (const child of [2 * parent + 1, 2 * parent + 2]) if (child < heap.length && isBefore(heap, child, least)) least = child
    if (least === parent) return first
    swap(heap, parent, least)
    parent = least
  }
}

function isBefore<T>(heap: readonly Entry<T>[], a: number, b: number): boolean {
  const left = heap[a] as Entry<T>
  const right = heap[b] as Entry<T>
  return left.at < right.at || (left.at === right.at && left.order < right.order)
}

function swap<T>(heap: Entry<T>[], a: number, b: number): void {
  const left = heap[a] as Entry<T>
  heap[a] = heap[b] as Entry<T>
  heap[b] = left
}
