// tiphys run: a manifest in, a finished workflow out.
import { parametersFromFile } from '@tiphys/core/engine'
import { readDocuments } from '@tiphys/core/spec'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { Flags, Invocation, Outcome } from '../flags/index.ts'
import { resumeRun, submitRun } from '../local/begin.ts'
import { givenSetup } from '../local/given.ts'
import { dataFolders } from '../local/home.ts'
import { type Finding, findingsText, readOne, readSource } from '../local/input.ts'
import { missingPrograms } from '../local/missing-programs.ts'
import { prepare, type Prepared } from '../local/prepare.ts'
import { type RunSetup } from '../local/setup.ts'

const BAD_USAGE = 2

export async function run(invocation: Invocation): Promise<Outcome> {
  const { flags, streams } = invocation
  const folders = dataFolders(flags.text('data-dir'), streams.env)
  const given = await givenSetup(flags)
  if (!given.ok) return refuse(invocation, given.findings)
  if (flags.given('resume')) return resumeRun(invocation, { folders, given: given.setup, name: flags.text('resume') })
  const prepared = await read(invocation.args[0] ?? '-', flags, given.setup)
  if (!prepared.ok) return refuse(invocation, prepared.findings)
  for (const warning of [...prepared.warnings, ...missingPrograms(prepared.workflow, given.setup.images)]) invocation.streams.stderr(`${warning}\n`)
  return submitRun(invocation, { folders, workflow: prepared.workflow, setup: { objects: prepared.objects, images: given.setup.images } })
}

function refuse({ streams }: Invocation, findings: readonly Finding[]): Outcome {
  streams.stderr(findingsText(findings))
  return { exit: BAD_USAGE }
}

async function read(file: string, flags: Flags, given: RunSetup): Promise<Prepared> {
  const main = await readOne(file)
  if (main.findings.length > 0) return { ok: false, findings: main.findings }
  const parameters = await parametersOf(flags)
  if (!parameters.ok) return { ok: false, findings: [{ file: flags.text('parameter-file'), code: 'parameters', message: parameters.message, line: 0, column: 0 }] }
  const options = { name: flags.text('name'), entrypoint: flags.text('entrypoint'), parameters: parameters.list }
  return prepare({ file: file === '-' ? 'standard input' : file, main: main.manifests, around: given.objects, namespace: flags.text('namespace'), options, now: systemClock.now() })
}

type Parameters = { readonly ok: true; readonly list: readonly string[] } | { readonly ok: false; readonly message: string }

async function parametersOf(flags: Flags): Promise<Parameters> {
  const given = flags.list('parameter')
  const file = flags.text('parameter-file')
  if (file === '') return { ok: true, list: given }
  const text = await readSource(file)
  if (!text.ok) return text
  const [document] = readDocuments(text.text)
  if (document?.problem !== undefined) return { ok: false, message: `${file}:${document.problem.line}:${document.problem.column}: ${document.problem.message}` }
  const parsed = parametersFromFile(document?.value ?? null)
  return parsed.ok ? { ok: true, list: [...parsed.value, ...given] } : { ok: false, message: `${file}: ${parsed.problem.message}` }
}
