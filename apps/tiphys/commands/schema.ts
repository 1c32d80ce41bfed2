// Owns `tiphys schema`: what editors complete manifests by.
import { schemaDocument } from '@tiphys/core/spec'
import type { Invocation, Outcome } from '../flags/index.ts'

export async function run({ streams }: Invocation): Promise<Outcome> {
  streams.stdout(`${JSON.stringify(schemaDocument(), undefined, 2)}\n`)
  return { exit: 0 }
}
