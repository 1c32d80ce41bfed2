// Owns the stand-ins that take the place of values which are known only when a workflow runs.

export const placeholderPrefix = '__argo__internal__placeholder-'

export interface Placeholders {
  next: number
}

export function nextPlaceholder(placeholders: Placeholders): string {
  return `${placeholderPrefix}${placeholders.next++}`
}

export function isPlaceholder(text: string | undefined): boolean {
  return text?.startsWith(placeholderPrefix) === true
}
