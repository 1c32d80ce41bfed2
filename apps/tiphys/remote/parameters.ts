// Owns what flags set on a workflow or cron workflow before it is sent: names, labels, parameters and their files.
import { type SubmitOptions, parametersFromFile } from '@tiphys/core/engine'
import { readDocuments } from '@tiphys/core/spec'
import { readGiven, yamlFailure } from './manifests.ts'
import { Mistake } from './failure.ts'
import type { Flags } from '../flags/index.ts'

export async function submitOptionsOf(flags: Flags): Promise<SubmitOptions & { readonly parameters: readonly string[] }> {
  const file = flags.text('parameter-file')
  return {
    name: flags.text('name'), generateName: flags.text('generate-name'), entrypoint: flags.text('entrypoint'), serviceAccount: flags.text('serviceaccount'),
    labels: flags.text('labels'), parameters: [...flags.list('parameter'), ...(file === '' ? [] : await parametersIn(file))],
  }
}

async function parametersIn(file: string): Promise<readonly string[]> {
  const [document] = readDocuments(await readGiven(file))
  if (document?.problem !== undefined) throw new Mistake(yamlFailure(document.problem))
  const read = parametersFromFile(document?.value ?? null)
  if (!read.ok) throw new Mistake(read.problem.message)
  return read.value
}
