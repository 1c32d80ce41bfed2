// Owns what a `depends` text names: found by pattern, as in the reference, not by syntax.

/** What has to be known of a task that others depend on. */
export type DependsTask = {
  readonly continueOn?: { readonly error?: boolean | undefined; readonly failed?: boolean | undefined } | undefined
  /** Whether it fans out by `withItems`, `withParam` or `withSequence`. */
  readonly hasItems: boolean
}

export type DependencyKind = 'task' | 'items'

export type Mention = { readonly start: number; readonly end: number; readonly task: string; readonly result: string | undefined }

function isLetterOrDigit(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x30 && unit <= 0x39)
}

/** Where the name that starts at `from` ends; `from` itself when none starts there. */
function nameEnd(text: string, from: number): number {
  if (!isLetterOrDigit(text.charCodeAt(from))) return from
  let at = from + 1
  while (at < text.length && (isLetterOrDigit(text.charCodeAt(at)) || text.charCodeAt(at) === 0x2d)) at++
  return at
}

/** Whether the search below would find a task's name whole. */
export function isPlainName(name: string): boolean {
  return name !== '' && nameEnd(name, 0) === name.length
}

/** Every `task` and `task.Result` in a text, in order. Written by hand: it runs once for every task of large DAGs. */
export function mentionsIn(text: string): Mention[] {
  const mentions: Mention[] = []
  let at = 0
  while (at < text.length) {
    const end = nameEnd(text, at)
    if (end === at) {
      at++
      continue
    }
    const resultEnd = text.charCodeAt(end) === 0x2e ? resultEndAt(text, end + 1) : end
    const result = resultEnd === end ? undefined : text.slice(end + 1, resultEnd)
    mentions.push({ start: at, end: resultEnd, task: text.slice(at, end), result })
    at = resultEnd
  }
  return mentions
}

/** Where the result behind a dot ends: a capital and at least one more letter, else there is none. */
function resultEndAt(text: string, from: number): number {
  const first = text.charCodeAt(from)
  if (!(first >= 0x41 && first <= 0x5a)) return from - 1
  let at = from + 1
  while (/^[a-zA-Z]/.test(text.charAt(at))) at++
  return at - from >= 2 ? at : from - 1
}

/** What each mentioned task is depended on for. A bare name always means the task itself; else its items prevail. */
export function kindsOf(mentions: readonly Mention[]): Map<string, DependencyKind> {
  const kinds = new Map<string, DependencyKind>()
  for (const { task, result } of mentions) {
    if (result === 'AnySucceeded' || result === 'AllFailed') kinds.set(task, 'items')
    else if (result === undefined || !kinds.has(task)) kinds.set(task, 'task')
  }
  return kinds
}

/** The results that satisfy a dependency on a bare task name. */
function acceptedResults(task: DependsTask | undefined): string[] {
  const results = ['Succeeded', 'Skipped', 'Daemoned']
  if (task?.continueOn?.error === true) results.push('Errored')
  if (task?.continueOn?.failed === true) results.push('Failed')
  return results
}

export function expandName(name: string, task: DependsTask | undefined): string {
  return `(${acceptedResults(task).map((result) => `${name}.${result}`).join(' || ')})`
}

/** The text with every bare name replaced by the results it stands for. */
export function expandText(text: string, mentions: readonly Mention[], taskOf: (name: string) => DependsTask | undefined): string {
  let out = ''
  let from = 0
  for (const mention of mentions) {
    if (mention.result !== undefined) continue
    out += text.slice(from, mention.start) + expandName(mention.task, taskOf(mention.task))
    from = mention.end
  }
  return from === 0 ? text : out + text.slice(from)
}
