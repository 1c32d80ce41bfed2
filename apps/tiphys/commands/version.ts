// Owns the command `tiphys version`.
import type { Invocation, Outcome } from '../flags/index.ts'
import { VERSION } from './index.ts'

export async function run({ flags, streams }: Invocation): Promise<Outcome> {
  const facts = { version: `v${VERSION}`, node: process.version, platform: `${process.platform}/${process.arch}` }
  if (flags.text('output') === 'json') streams.stdout(`${JSON.stringify(facts, undefined, 4)}\n`)
  else if (flags.bool('short')) streams.stdout(`tiphys: ${facts.version}\n`)
  else streams.stdout(`tiphys: ${facts.version}\n  Node: ${facts.node}\n  Platform: ${facts.platform}\n`)
  return { exit: 0 }
}
