// Owns the letters that generated names end with.
import { randomInt } from 'node:crypto'

/** Letters and digits that spell no words and are not mistaken for one another, as Kubernetes uses. */
const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789'

export function randomSuffix(): string {
  return Array.from({ length: 5 }, () => suffixLetters[randomInt(suffixLetters.length)]).join('')
}
