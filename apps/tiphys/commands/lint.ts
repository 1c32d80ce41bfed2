// Owns `tiphys lint`: files in, findings out, for people, programs or as the reference says them.
import { readDocuments, readManifests } from '@tiphys/core/spec'
import { type LintResult, type SourceFile, argoReport, githubReport, jsonReport, lintFiles, sarifReport, textReport, wholeCallError } from '@tiphys/core/lint'
import type { Flags, Invocation, Outcome } from '../flags/index.ts'
import { manifestFiles, readSource } from '../local/input.ts'
import { Mistake } from '../remote/failure.ts'
import { type Entry, entryLine } from '../remote/go-log.ts'
import { misfit, shapeProblem, tellUnreadable } from '../remote/manifests.ts'
import { sourcesOf } from '../remote/walk.ts'
import { lookFor } from '../terminal/index.ts'
import { VERSION } from '../release.ts'

export async function run(invocation: Invocation): Promise<Outcome> {
  const { flags } = invocation
  const kinds = kindsOf(flags)
  return kinds.ok ? lintHere(invocation, { kinds: kinds.kinds, noColour: flags.bool('no-color') }) : { error: kinds.message }
}

export interface LintWish {
  readonly kinds: readonly string[] | undefined
  readonly noColour?: boolean
}

/** Lints the files of an invocation here, without a server. */
export async function lintHere(invocation: Invocation, { kinds, noColour = false }: LintWish): Promise<Outcome> {
  const { flags, args, streams } = invocation
  const compat = flags.text('compat') === 'argo' ? 'argo' : undefined
  const read = compat === undefined ? await readFiles(args) : await readAsReference(invocation)
  if (!read.ok) return { error: read.message }
  const judge = (files: readonly SourceFile[]): LintResult => lintFiles(files, { strict: flags.bool('strict'), kinds, compat })
  const all = judge(read.files)
  // Where the reference has read standard input for its templates, nothing is left of it to judge.
  const result = compat === undefined || wholeCallError(all.reference) !== undefined ? all : judge(read.files.filter(({ path }) => path !== 'stdin'))
  if (compat === undefined) streams.stdout(report(invocation, result, noColour))
  else {
    streams.stdout(argoReport(result.reference, { style: flags.text('output') === 'simple' ? 'simple' : 'pretty', color: !noColour }))
    const refused = refusal(result, read.files)
    if (refused !== undefined) return { error: refused }
  }
  return { exit: result.ok ? 0 : 1 }
}

/** Why the call as a whole is refused, with the file and in the words of the reference. */
function refusal({ reference }: LintResult, files: readonly SourceFile[]): string | undefined {
  const text = wholeCallError(reference)
  const first = reference.rejections.find(({ wholeCall, code }) => wholeCall === true && code === 'parse')
  if (text === undefined || first === undefined) return text
  const [document] = readDocuments(files.find(({ path }) => path === first.file)?.text ?? '')
  const why = first.manifest === undefined ? misfit(document?.value ?? null, 'v1.ObjectMeta') : shapeProblem(first.manifest, { strict: false, argo: true })
  return `failed to parse YAML from file ${first.file}: ${why ?? text.replace(/^failed to parse YAML from file: /, '')}`
}

function report({ flags, streams }: Invocation, result: LintResult, noColour: boolean): string {
  switch (flags.text('output')) {
    case 'json': return jsonReport(result)
    case 'sarif': return sarifReport(result, { name: 'tiphys', version: VERSION })
    case 'github': return githubReport(result)
    case 'simple': return textReport(result, { color: false })
    default: return textReport(result, { color: lookFor({ isTerminal: process.stdout.isTTY === true, env: streams.env, noColour }).colour })
  }
}

const KINDS: Readonly<Record<string, string>> = {
  workflows: 'Workflow', workflowtemplates: 'WorkflowTemplate', cronworkflows: 'CronWorkflow', clusterworkflowtemplates: 'ClusterWorkflowTemplate',
}

type Kinds = { readonly ok: true; readonly kinds: readonly string[] | undefined } | { readonly ok: false; readonly message: string }

export function kindsOf(flags: Flags): Kinds {
  const names = flags.list('kinds')
  if (names.length === 0 || names.includes('all')) return { ok: true, kinds: undefined }
  const unknown = names.find((name) => !Object.hasOwn(KINDS, name))
  return unknown === undefined ? { ok: true, kinds: names.map((name) => KINDS[name] ?? '') } : { ok: false, message: `unknown kind: ${unknown}` }
}

type Read = { readonly ok: true; readonly files: readonly SourceFile[] } | { readonly ok: false; readonly message: string }

/** Missing files are told in the reference's words; and what is no manifest twice, as it reads files for their templates first and then to judge them. */
async function readAsReference({ args, flags, streams }: Invocation): Promise<Read> {
  const files: SourceFile[] = []
  try {
    for (const root of args) for await (const source of sourcesOf(root, streams)) files.push(source)
  } catch (error) {
    if (error instanceof Mistake) return { ok: false, message: error.message }
    throw error
  }
  const tell = (entry: Entry): void => {
    const line = entryLine(flags, entry, Date.now())
    if (line !== undefined) streams.stderr(`${line}\n`)
  }
  for (const { text } of [...files, ...files.filter(({ path }) => path !== 'stdin')]) for (const one of readManifests(text).unreadable) tellUnreadable(one, tell)
  return { ok: true, files }
}

async function readFiles(paths: readonly string[]): Promise<Read> {
  const files: SourceFile[] = []
  for (const source of paths) {
    for (const path of await manifestFiles(source)) {
      const text = await readSource(path)
      if (!text.ok) return text
      files.push({ path: path === '-' ? 'stdin' : path, text: text.text })
    }
  }
  return { ok: true, files }
}
