// tiphys run: a manifest in, a finished workflow out.
import { parametersFromFile, toWorkflow, type Run } from '@tiphys/core/engine'
import type { Workflow } from '@tiphys/core/spec'
import { parseImageMapping, type ImageMapping } from '@tiphys/shell/adapters/process'
import { systemClock } from '@tiphys/shell/adapters/system'
import type { State } from '@tiphys/shell/adapters/sqlite'
import type { RunUpdate } from '@tiphys/shell/runtime'
import type { Flags, Invocation, Outcome } from '../flags/index.ts'
import { dataFolders, type DataFolders } from '../local/home.ts'
import { type Finding, findingText, readInput, readSource } from '../local/input.ts'
import { catalogOf, prepare, type Prepared } from '../local/prepare.ts'
import { claimRun, openLocalState } from '../local/session.ts'
import { openLocalHost, type LocalHost } from '../local/host.ts'
import { openView, type RunView } from '../local/view.ts'
import { printResult } from '../local/result.ts'

const BAD_USAGE = 2

type Wanted = { readonly ok: true; readonly prepared: Extract<Prepared, { ok: true }> } | { readonly ok: false; readonly findings: readonly Finding[] }

export async function run(invocation: Invocation): Promise<Outcome> {
  const { flags, streams } = invocation
  const folders = dataFolders(flags.text('data-dir'), streams.env)
  const images = imageMap(flags)
  if (!images.ok) return { error: images.message, exit: BAD_USAGE }
  if (flags.given('resume')) return resume(invocation, { folders, images: images.list })
  const wanted = await read(invocation.args[0] ?? '-', flags)
  if (!wanted.ok) {
    for (const finding of wanted.findings) streams.stderr(`${findingText(finding)}\n`)
    return { exit: BAD_USAGE }
  }
  return start(invocation, { folders, images: images.list, prepared: wanted.prepared })
}

function imageMap(flags: Flags): { ok: true; list: ImageMapping[] } | { ok: false; message: string } {
  const list: ImageMapping[] = []
  for (const text of flags.list('image-map')) {
    const mapping = parseImageMapping(text)
    if ('problem' in mapping) return { ok: false, message: `--image-map ${text}: ${mapping.problem}` }
    list.push(mapping)
  }
  return { ok: true, list }
}

async function read(file: string, flags: Flags): Promise<Wanted> {
  const main = await readInput([file])
  const around = await readInput(flags.list('with'))
  const findings = [...main.findings, ...around.findings]
  if (findings.length > 0) return { ok: false, findings }
  const parameters = await parametersOf(flags)
  if (!parameters.ok) return { ok: false, findings: [{ file: flags.text('parameter-file'), code: 'parameters', message: parameters.message, line: 0, column: 0 }] }
  const options = { name: flags.text('name'), entrypoint: flags.text('entrypoint'), parameters: parameters.list }
  const prepared = prepare({ main: main.manifests, around: around.manifests, options, now: systemClock.now() })
  return prepared.ok ? { ok: true, prepared } : prepared
}

async function parametersOf(flags: Flags): Promise<{ ok: true; list: readonly string[] } | { ok: false; message: string }> {
  const given = flags.list('parameter')
  const file = flags.text('parameter-file')
  if (file === '') return { ok: true, list: given }
  const text = await readSource(file)
  if (!text.ok) return text
  const parsed = parametersFromFile(text.text)
  return parsed.ok ? { ok: true, list: [...parsed.value, ...given] } : { ok: false, message: parsed.problem.message }
}

interface Start { readonly folders: DataFolders; readonly images: readonly ImageMapping[]; readonly prepared: Extract<Prepared, { ok: true }> }

async function start(invocation: Invocation, at: Start): Promise<Outcome> {
  const { state } = openLocalState(at.folders)
  try {
    const { workflow, catalog } = at.prepared
    const session = openSession(invocation, { state, folders: at.folders, images: at.images, catalog, uid: workflow.metadata.uid ?? '' })
    const taken = await session.local.host.submit(workflow)
    if (!taken.ok) {
      await session.local.host.close()
      return { error: taken.problem.message, exit: BAD_USAGE }
    }
    return await finish(invocation, session, taken.run)
  } finally {
    state.close()
  }
}

async function resume(invocation: Invocation, at: Omit<Start, 'prepared'>): Promise<Outcome> {
  const name = invocation.flags.text('resume')
  const around = await readInput(invocation.flags.list('with'))
  const { state } = openLocalState(at.folders)
  try {
    const found = await state.runs.find('default', name)
    if (!found.ok) return { error: found.problem.message, exit: BAD_USAGE }
    if (found.value.finishedAt !== undefined) return { error: `${name} has ended: retry or resubmit it`, exit: BAD_USAGE }
    const claimed = await claimRun(state, found.value.uid)
    if (!claimed.ok) return { error: claimed.message, exit: BAD_USAGE }
    const catalog = catalogOf(around.manifests)
    const session = openSession(invocation, { state, folders: at.folders, images: at.images, catalog, uid: found.value.uid })
    const taken = await session.local.host.resume(found.value.uid)
    if (!taken.ok) {
      await session.local.host.close()
      return { error: taken.problem.message, exit: BAD_USAGE }
    }
    return await finish(invocation, session, taken.run)
  } finally {
    state.close()
  }
}

interface Session { readonly local: LocalHost; readonly view: RunView; readonly ended: Promise<void> }

type Opening = { state: State; folders: DataFolders; images: readonly ImageMapping[]; catalog: ReturnType<typeof catalogOf>; uid: string }

function openSession(invocation: Invocation, at: Opening): Session {
  let end: () => void = () => undefined
  const ended = new Promise<void>((resolve) => { end = resolve })
  const view = openView(invocation)
  const onUpdate = (update: RunUpdate): void => {
    view.update(update.run)
    if (update.run.status.completed) end()
  }
  const local = openLocalHost({ folders: at.folders, state: at.state, uid: at.uid, catalog: at.catalog, imageMap: at.images, onUpdate, onTrouble: (message) => view.trouble(message) })
  return { local, view, ended }
}

async function finish(invocation: Invocation, session: Session, run: Run): Promise<Outcome> {
  const stopSignals = onInterrupt(session, run)
  const heartbeat = setInterval(() => session.view.update(run), 1000)
  await session.ended
  clearInterval(heartbeat)
  stopSignals()
  const workflow: Workflow = toWorkflow(run)
  session.view.close()
  await printResult(invocation, workflow, session.local.logs)
  await session.local.host.close()
  return { exit: workflow.status?.phase === 'Succeeded' ? 0 : 1 }
}

/** The first Ctrl-C stops the workflow, so that exit handlers run; the second terminates it. */
function onInterrupt(session: Session, run: Run): () => void {
  let strategy: 'Stop' | 'Terminate' = 'Stop'
  const interrupt = (): void => {
    session.view.note(strategy === 'Stop' ? 'stopping: exit handlers run; press Ctrl-C again to terminate' : 'terminating')
    void session.local.host.deliver(run.uid, { type: 'shutdownRequested', at: systemClock.now(), strategy })
    strategy = 'Terminate'
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  return () => {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}
