// tiphys version
import type { Invocation, Outcome } from '../flags/index.ts'
import { VERSION } from './index.ts'

export async function run({ streams }: Invocation): Promise<Outcome> {
  streams.stdout(`tiphys: v${VERSION}\n`)
  return { exit: 0 }
}
