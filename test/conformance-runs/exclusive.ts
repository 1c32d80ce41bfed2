// Owns keeping runs apart that would serve on the same port: steps of a host share its network.
import { standIns } from '@tiphys/test/stand-ins'
import type { Example } from './catalogue.ts'

/** The ports that an example's servers listen on. */
export function portsOf(example: Example): readonly string[] {
  const text = JSON.stringify([example.workflow.spec, ...example.objects.filter(({ metadata }) => JSON.stringify(example.workflow.spec).includes(`"${metadata?.name ?? ''}"`))])
  const servers = Object.entries(standIns()).filter(([image, { env }]) => env?.['SERVER_PORT'] !== undefined && text.includes(`"image":"${image}`))
  return servers.map(([, { env }]) => env?.['SERVER_PORT'] ?? '')
}

/** Runs work one after the other for each key, and side by side otherwise. */
export class Exclusive {
  private readonly last = new Map<string, Promise<unknown>>()

  run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = keys.map((key) => this.last.get(key))
    const result = Promise.all(before).then(work)
    const over = result.catch(() => undefined)
    for (const key of keys) this.last.set(key, over)
    return result
  }
}
