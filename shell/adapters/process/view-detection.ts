// Owns finding out, by trying, how private views can be made on this host.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { placeOf } from './view-layout.ts'
import { makeView, type ViewTools } from './private-view.ts'

export type ViewDetection = { readonly tools: ViewTools } | { readonly problem: string }

/** Where the tools lie; absent ones are empty text. */
export interface ToolPaths {
  readonly shell: string
  readonly unshare: string
  readonly mount: string
  readonly bwrap: string
}

const trialPath = '/tmp/tiphys-view-trial'

/** Tries each way with a command that writes a file, and takes the first that keeps the file to itself. */
export function detectViews(stateFolder: string, paths: ToolPaths): ViewDetection {
  if (process.platform !== 'linux') return { problem: `${process.platform} has no mount namespaces` }
  const problems: string[] = []
  for (const tools of candidates(paths)) {
    const problem = tryView(stateFolder, tools)
    if (problem === undefined) return { tools }
    problems.push(`${tools.kind}: ${problem}`)
  }
  return { problem: problems.length === 0 ? 'neither unshare(1) with mount(8) nor bwrap(1) is installed' : problems.join('; ') }
}

function candidates(paths: ToolPaths): ViewTools[] {
  const found: ViewTools[] = []
  if (paths.unshare !== '' && paths.mount !== '') {
    if (process.getuid?.() === 0) found.push({ ...paths, kind: 'overlay' })
    found.push({ ...paths, kind: 'user-namespace' })
  }
  if (paths.bwrap !== '') found.push({ ...paths, kind: 'bubblewrap' })
  return found
}

function tryView(stateFolder: string, tools: ViewTools): string | undefined {
  const folder = join(stateFolder, `trial-${process.pid}`)
  removeView(folder)
  try {
    const view = makeView({ folder, tools, rootfs: undefined, binds: [], hidden: [stateFolder], shown: [] })
    const command = view.enter([tools.shell, '-c', `echo ours >${trialPath}`], '/', [])
    const run = spawnSync(tools.shell, ['-c', command], { encoding: 'utf8', timeout: 10_000 })
    const host = placeOf(view.layout, trialPath).host
    if (run.status === 0 && host !== undefined && readFileSync(host, 'utf8') === 'ours\n') return undefined
    return firstLine(existsSync(view.problemPath) ? readFileSync(view.problemPath, 'utf8') : '') || firstLine(run.stderr) || `exit code ${run.status}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    removeView(folder)
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? ''
}

function removeView(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // The kernel's work folders cannot be searched by an ordinary user; the state folder is swept at the next start.
  }
}
