// Owns how a Workflow remembers who created it and who acted on it.
import type { ObjectMeta } from '@tiphys/core/spec'
import { actionLabel, actorLabels, creatorLabels } from './labels.ts'

/** Who asks for something; absent parts are unknown. */
export interface Person {
  readonly subject?: string | undefined
  readonly email?: string | undefined
  readonly preferredUsername?: string | undefined
}

export type Action = 'Update' | 'Suspend' | 'Stop' | 'Terminate' | 'Resume' | 'Retry'

type Keys = { readonly subject: string; readonly email: string; readonly preferredUsername: string }

/** Labels saying who created an object; without a person, labels of that kind are taken off. */
export function labelCreator(metadata: ObjectMeta, person: Person | undefined): ObjectMeta {
  return label(metadata, creatorLabels, { person })
}

/** Labels saying who acted last and how; without a person, labels of that kind are taken off. */
export function labelActor(metadata: ObjectMeta, person: Person | undefined, action?: Action): ObjectMeta {
  return label(metadata, actorLabels, { person, action })
}

function label(metadata: ObjectMeta, keys: Keys, by: { person: Person | undefined; action?: Action | undefined }): ObjectMeta {
  const labels: Record<string, string> = { ...metadata.labels }
  const put = (key: string, value: string | undefined): void => {
    if (value === undefined || value === '') delete labels[key]
    else labels[key] = labelValue(value)
  }
  put(keys.subject, by.person?.subject)
  put(keys.email, by.person?.email?.replace('@', '.at.'))
  put(keys.preferredUsername, by.person?.preferredUsername)
  put(actionLabel, by.person === undefined ? undefined : by.action)
  const none = Object.keys(labels).length === 0 && metadata.labels === undefined
  return none ? metadata : { ...metadata, labels }
}

/** Any text as a label value: other characters become hyphens, and of what is too long the end is kept. */
function labelValue(text: string): string {
  const value = text.replace(/[^-_.a-z0-9A-Z]/gu, '-')
  return value.slice(-63).replace(/^[^a-z0-9A-Z]+/, '').replace(/[^a-z0-9A-Z]+$/, '')
}

/** How a message names a person, such as `map[Email:ann@example.com User:ann]`; undefined when nobody is known. */
export function personText(person: Person | undefined): string | undefined {
  if (person === undefined) return undefined
  const parts: string[] = []
  if (person.email) parts.push(`Email:${person.email}`)
  if (person.preferredUsername) parts.push(`PreferredUsername:${person.preferredUsername}`)
  if (person.subject) parts.push(`User:${person.subject}`)
  return `map[${parts.join(' ')}]`
}
