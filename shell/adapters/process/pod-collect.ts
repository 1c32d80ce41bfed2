// Owns what a pod leaves behind when its containers are over: outputs, and logs where they are kept as artifacts.
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Artifact } from '@tiphys/core/spec'
import type { OutputsFact } from '@tiphys/shell/ports'
import type { ContainerRun } from './container-run.ts'
import { createLogStore } from './log-reader.ts'
import { collectOutputs, readResult, withLocation, type OutputPlan } from './outputs.ts'
import { podNameOf } from './pod-plan.ts'
import { artifactContext, workflowNameOf, type PodContext } from './pod-setup.ts'
import { layoutOf } from './pod-views.ts'

export interface PodYield {
  readonly outputs: OutputsFact | undefined
  /** Trouble as the reference words it. */
  readonly trouble: string | undefined
}

/** What is there without reading any declared file: enough for a pod that declares none. */
export function collectNow(containers: readonly ContainerRun[], includeResult: boolean): OutputsFact | undefined {
  const main = containers.find(({ plan }) => plan.container.name === 'main')
  if (main === undefined || main.phase.at !== 'terminated') return undefined
  const exitCode = String(main.phase.exitCode)
  const result = includeResult && main.track !== undefined ? readResult(main.track.paths.out) : undefined
  return result === undefined ? { exitCode } : { exitCode, result }
}

export async function collectPod(containers: readonly ContainerRun[], context: PodContext): Promise<PodYield> {
  const { request, services } = context
  const { template, pod } = request
  const now = collectNow(containers, request.includeResult)
  const main = containers.find(({ plan }) => plan.container.name === 'main')
  const plan: OutputPlan = {
    template,
    podName: podNameOf(pod),
    workflowName: workflowNameOf(pod),
    store: services.artifacts,
    context: artifactContext(context),
    layout: main === undefined ? undefined : layoutOf(main, context),
    shared: sharedFolders(context),
  }
  const collected = await collectOutputs(plan)
  const logs = template.archiveLocation?.archiveLogs === true ? await saveLogs(containers, context, plan) : []
  const artifacts = [...collected.artifacts, ...logs]
  const outputs: OutputsFact = {
    ...now,
    ...(collected.parameters.length === 0 ? {} : { parameters: collected.parameters }),
    ...(artifacts.length === 0 ? {} : { artifacts }),
  }
  return { outputs: Object.keys(outputs).length === 0 ? undefined : outputs, trouble: collected.errors[0] }
}

/** Claims and host folders outlive the pod. */
function sharedFolders(context: PodContext): readonly string[] {
  const paths = (context.request.pod.spec?.volumes ?? []).flatMap(({ hostPath }) => (hostPath === undefined ? [] : [hostPath.path]))
  return [context.services.folders.claims, ...paths]
}

/** The log of each main container as an artifact `NAME-logs`, plain text. One that cannot be saved is left out: logs fail no step. */
async function saveLogs(containers: readonly ContainerRun[], context: PodContext, plan: OutputPlan): Promise<Artifact[]> {
  const { services, request, folder } = context
  const store = createLogStore({ directory: services.logs.directory, isLive: () => false })
  const saved: Artifact[] = []
  for (const { plan: { container, role } } of containers) {
    if (role !== 'main' || services.artifacts === undefined) continue
    const fileName = `${container.name}.log`
    const path = join(folder, 'logs', fileName)
    await mkdir(join(folder, 'logs'), { recursive: true })
    const text = async function* (): AsyncGenerator<string> {
      for await (const line of store.read({ ...request.key, container: container.name })) yield `${line.text}\n`
    }
    await pipeline(Readable.from(text()), createWriteStream(path))
    const artifact = withLocation({ name: `${container.name}-logs`, archive: { none: {} } }, fileName, plan)
    const result = await services.artifacts.save({ artifact, from: path, mayLink: true }, plan.context)
    if (result.ok) saved.push(result.value)
  }
  return saved
}
