// Owns what flags set on a workflow or cron workflow before it is sent: names, labels, parameters and their files.
import { type SubmitOptions, parametersFromFile } from '@tiphys/core/engine'
import { readDocuments } from '@tiphys/core/spec'
import { misfit, readGiven, yamlFailure } from './manifests.ts'
import { isArgo } from './server.ts'
import { Mistake } from './failure.ts'
import type { Flags } from '../flags/index.ts'

export async function submitOptionsOf(flags: Flags): Promise<SubmitOptions & { readonly parameters: readonly string[] }> {
  const file = flags.text('parameter-file')
  return {
    name: flags.text('name'), generateName: flags.text('generate-name'), entrypoint: flags.text('entrypoint'), serviceAccount: flags.text('serviceaccount'),
    labels: flags.text('labels'), parameters: [...flags.list('parameter'), ...(file === '' ? [] : await parametersIn(file, isArgo(flags)))],
  }
}

async function parametersIn(file: string, argo: boolean): Promise<readonly string[]> {
  const [document] = readDocuments(await readGiven(file))
  if (document?.problem !== undefined) throw new Mistake(yamlFailure(document.problem, document.source.text))
  const value = document?.value ?? null
  const read = parametersFromFile(value)
  if (!read.ok) throw new Mistake(argo ? `error unmarshaling JSON: while decoding JSON: ${misfit(value, 'map[string]json.RawMessage')}` : read.problem.message)
  return read.value
}
