// Owns the private views of a pod's containers: made when a container starts, found again after a restart.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ContainerRun } from './container-run.ts'
import { fileNamePart } from './log-paths.ts'
import type { PodContext, PodSetup } from './pod-setup.ts'
import { makeView, type PrivateView } from './private-view.ts'
import { PodTrouble } from './trouble.ts'
import type { ViewLayout } from './view-layout.ts'

function folderOf(context: PodContext, run: ContainerRun): string {
  return join(context.folder, 'views', fileNamePart(run.plan.container.name))
}

/** A fresh view for a container that declares paths. A new try of the container starts from nothing again. */
export function viewFor(run: ContainerRun, context: PodContext, setup: PodSetup | undefined): PrivateView {
  const { services, request } = context
  const { container, standIn } = run.plan
  const detection = services.views()
  if ('problem' in detection) {
    const step = request.template.name ?? container.name
    throw new PodTrouble('view_unavailable', `step "${step}" declares paths (parameters, artifacts, volumes or a working directory), and this host cannot give it a private view of them (${detection.problem}): install bubblewrap, or allow user namespaces`, container.name)
  }
  if (standIn?.kind === 'rootfs' && detection.tools.kind === 'bubblewrap') {
    throw new PodTrouble('view_unavailable', `image "${container.image ?? ''}" is mapped to a root file system, which needs overlays, and this host has only bubblewrap: map it to a folder of commands`, container.name)
  }
  const folder = folderOf(context, run)
  rmSync(folder, { recursive: true, force: true })
  const view = makeView({
    folder,
    tools: detection.tools,
    rootfs: standIn?.kind === 'rootfs' ? standIn.folder : undefined,
    binds: setup?.binds.get(container.name) ?? [],
    hidden: [services.folders.state],
    shown: standIn?.kind === 'commands' ? [standIn.folder] : [],
  })
  writeFileSync(join(folder, 'layout.json'), JSON.stringify(view.layout))
  return view
}

/** Where the paths of a container's view lie, read from disk when the container was started by an earlier process. */
export function layoutOf(run: ContainerRun, context: PodContext): ViewLayout | undefined {
  if (!run.plan.needsView) return undefined
  if (run.view !== undefined) return run.view.layout
  const path = join(folderOf(context, run), 'layout.json')
  // Our own file: steps do not see this folder.
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ViewLayout) : undefined
}

/** What went wrong when a view could not be entered; empty when nothing did. */
export function viewProblem(run: ContainerRun, context: PodContext): string {
  try {
    return readFileSync(join(folderOf(context, run), 'mounts.problem'), 'utf8').trim()
  } catch {
    return ''
  }
}
