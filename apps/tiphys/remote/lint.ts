// Owns linting by a server: each object of the files is sent to it, and its verdicts are reported as the reference does.
import { type Manifest, isObject, readManifests } from '@tiphys/core/spec'
import type { Invocation, Outcome } from '../flags/index.ts'
import { type LintFormat, type LintedFile, describeLint } from '../print/index.ts'
import { lintHere } from '../commands/lint.ts'
import { RemoteFailure } from './failure.ts'
import { guarded } from './guard.ts'
import { isPassedOver, sendable, shapeProblem, tellUnreadable } from './manifests.ts'
import { type Remote, namespaceFor, tell, withServer } from './remote.ts'
import { serverOf } from './server.ts'
import { type Source, sourcesOf } from './walk.ts'
import { clusterTemplateService, cronService, lintWorkflow, templateService } from './services.ts'

export const LINTED_KINDS = ['Workflow', 'WorkflowTemplate', 'CronWorkflow', 'ClusterWorkflowTemplate'] as const
export type LintedKind = (typeof LINTED_KINDS)[number]

/** The lint command of a family of objects. */
export function lintCommand(kinds: readonly LintedKind[]): (invocation: Invocation) => Promise<Outcome> {
  const remotely = withServer((remote) => lintWith(remote, kinds))
  // Where nobody else can judge, our own lint does.
  return guarded(async (invocation) => ((await serverOf(invocation)) === undefined ? lintHere(invocation, { kinds }) : remotely(invocation)))
}

export async function lintWith(remote: Remote, kinds: readonly LintedKind[], noColour = false): Promise<Outcome> {
  const { flags, args, streams, print } = remote
  const files: LintedFile[] = []
  for (const source of args) {
    for await (const file of sourcesOf(source, streams)) files.push(await lintFile(remote, file, kinds))
  }
  // Colours are there even where TERM promises none.
  const colour = remote.argo ? !noColour : process.stdout.isTTY === true && !noColour
  const { text, good } = describeLint(files, flags.text('output') as LintFormat, { colour })
  print(text)
  return { exit: good ? 0 : 1 }
}

async function lintFile(remote: Remote, { path, text }: Source, kinds: readonly LintedKind[]): Promise<LintedFile> {
  const strict = remote.flags.bool('strict')
  const file = readManifests(text)
  for (const unreadable of file.unreadable) tellUnreadable(unreadable, (entry) => tell(remote, entry))
  const problems: string[] = []
  let linted = false
  for (const [index, manifest] of file.manifests.entries()) {
    if (!isOneOf(manifest, kinds) || isPassedOver(manifest, strict)) continue
    linted = true
    const problem = shapeProblem(manifest, { strict, argo: remote.argo }) ?? (await verdict(remote, manifest))
    if (problem !== undefined) problems.push(`in ${JSON.stringify(objectName(manifest, index))} (${manifest.kind}): ${problem}`)
  }
  return { file: path, linted, problems }
}

type Linted = Extract<Manifest, { kind: LintedKind }>

function isOneOf(manifest: Manifest, kinds: readonly LintedKind[]): manifest is Linted {
  return kinds.some((kind) => kind === manifest.kind)
}

function objectName({ document }: Manifest, index: number): string {
  const metadata = isObject(document.value) ? document.value['metadata'] : undefined
  const { name, generateName } = isObject(metadata) ? metadata : {}
  return String(name || generateName || `object #${index + 1}`)
}

/** What the server says of an object; undefined when it is good. */
async function verdict(remote: Remote, { kind, object }: Linted): Promise<string | undefined> {
  const { connection, argo } = remote
  const namespace = object.metadata.namespace || namespaceFor(remote)
  const sent = sendable(kind, object)
  const services = { WorkflowTemplate: templateService, ClusterWorkflowTemplate: clusterTemplateService, CronWorkflow: cronService } as const
  try {
    await (kind === 'Workflow' ? lintWorkflow(connection, namespace, sent) : services[kind](connection).lint(namespace, sent))
    return undefined
  } catch (error) {
    // Where nobody judges, nothing is good or bad.
    if (!(error instanceof RemoteFailure) || (error.code === undefined && !argo)) throw error
    return argo ? error.argoText : error.ownText
  }
}
