// Owns the making of one container's private view: its folders on disk, its mount table, and the command that enters it.
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freshFolders, isWithin } from './host-mounts.ts'
import { words } from './shell-text.ts'
import { makeFolder, makeRoom, placeOf, visibleOf, type ViewBind, type ViewLayer, type ViewLayout } from './view-layout.ts'
import { hostLayers, kernelBinds } from './view-layers.ts'

/** How views are made on this host. */
export interface ViewTools {
  readonly kind: 'overlay' | 'user-namespace' | 'bubblewrap'
  readonly shell: string
  readonly unshare: string
  readonly mount: string
  readonly bwrap: string
}

/** A folder or file that the container declares at a path of its own. */
export interface DeclaredBind {
  readonly target: string
  readonly source: string
  readonly readOnly: boolean
}

export interface ViewPlan {
  /** Folder for everything of this view; does not exist yet. */
  readonly folder: string
  readonly tools: ViewTools
  /** Root file system of the image, when one is mapped. */
  readonly rootfs: string | undefined
  readonly binds: readonly DeclaredBind[]
  /** Folders of the host that the step must not see: the runner's own state. */
  readonly hidden: readonly string[]
  /** Folders of the host that the step must see even where it gets a fresh folder: stand-ins for images. */
  readonly shown: readonly string[]
}

export interface PrivateView {
  readonly folder: string
  readonly layout: ViewLayout
  /**
   * Writes the mount table. Files can be placed at any time before the command runs. Gives shell words that run `argv` inside;
   * `user` are options of unshare(1) that change the user.
   */
  enter(argv: readonly string[], workingDir: string, user: readonly string[]): string
  /** Holds text when the view could not be entered. */
  readonly problemPath: string
}

/** Exit code of the entering script when the view could not be mounted. */
export const viewFailedExitCode = 125

const enterScript = 'p=$1; m=$2; shift 2; "$m" -n -a -T "$p" 2>"$p.problem" || exit 125; exec "$@"'

export function makeView(plan: ViewPlan): PrivateView {
  const root = join(plan.folder, 'root')
  mkdirSync(root, { recursive: true })
  const { layers, shared } = plan.rootfs === undefined ? hostLayers(plan, root) : imageLayers(plan, plan.rootfs)
  const layout: ViewLayout = { layers, binds: [], lowerIsOutput: plan.rootfs !== undefined }
  for (const bind of [...shared, ...freshBinds(plan), ...innerBinds(plan)]) addBind(layout, bind)
  const problemPath = join(plan.folder, 'mounts.problem')
  return { folder: plan.folder, layout, problemPath, enter: (argv, workingDir, user) => enter(plan, layout, { argv, workingDir, root, user }) }
}

function imageLayers(plan: ViewPlan, rootfs: string): { layers: ViewLayer[]; shared: ViewBind[] } {
  const upper = join(plan.folder, 'upper0')
  mkdirSync(upper)
  const files = ['/etc/resolv.conf', '/etc/hosts'].filter((path) => existsSync(path))
  return {
    layers: [{ target: '/', upper, lower: rootfs }],
    shared: [...kernelBinds(), ...files.map((path) => ({ target: path, source: path, readOnly: true, recursive: false, foreign: true }))],
  }
}

function freshBinds(plan: ViewPlan): ViewBind[] {
  if (plan.rootfs !== undefined) return []
  const fresh = freshFolders.map((target, index) => {
    const source = join(plan.folder, `fresh${index}`)
    mkdirSync(source)
    chmodSync(source, 0o1777)
    return { target, source, readOnly: false, recursive: false, foreign: false }
  })
  const hidden = plan.hidden.filter((path) => !freshFolders.some((folder) => isWithin(path, folder)))
  if (hidden.length === 0) return fresh
  const empty = join(plan.folder, 'empty')
  mkdirSync(empty)
  return [...fresh, ...hidden.map((target) => ({ target, source: empty, readOnly: true, recursive: false, foreign: true }))]
}

function innerBinds(plan: ViewPlan): ViewBind[] {
  const shown = plan.shown.map((path) => ({ target: path, source: path, readOnly: true, recursive: false, foreign: true }))
  // Parents before children, so that a volume inside a volume stays visible.
  const declared = [...plan.binds].sort((a, b) => (a.target < b.target ? -1 : 1)).map((bind) => ({ ...bind, recursive: true, foreign: false }))
  return [...shown, ...declared]
}

/** Targets are written with all links followed: the kernel would follow them on the host, out of the view. */
function addBind(layout: ViewLayout, bind: ViewBind): void {
  const isFolder = statSync(bind.source).isDirectory()
  let target: string
  if (isFolder) target = makeFolder(layout, bind.target)
  else {
    target = placeOf(layout, bind.target).path
    if (visibleOf(layout, target) === undefined) writeFileSync(makeRoom(layout, target).host, '', { flag: 'wx' })
  }
  layout.binds.push({ ...bind, target })
}

interface Entry {
  readonly argv: readonly string[]
  readonly workingDir: string
  readonly root: string
  readonly user: readonly string[]
}

function enter(plan: ViewPlan, layout: ViewLayout, entry: Entry): string {
  const workingDir = makeFolder(layout, entry.workingDir)
  if (plan.tools.kind === 'bubblewrap') return words([plan.tools.bwrap, ...bubblewrapOptions(layout, entry.root), '--chdir', workingDir, '--', ...entry.argv])
  const table = join(plan.folder, 'mounts')
  writeFileSync(table, mountTable(plan, layout, entry.root))
  const { shell, unshare, mount } = plan.tools
  const namespaces = plan.tools.kind === 'overlay' ? ['-m'] : ['-U', '-r', '-m']
  const script = [shell, '-c', enterScript, 'tiphys-view', table, mount]
  const inside = [unshare, '-R', entry.root, '-w', workingDir, ...entry.user, '--', ...entry.argv]
  return words([unshare, ...namespaces, '--propagation', 'private', ...script, ...inside])
}

function mountTable(plan: ViewPlan, layout: ViewLayout, root: string): string {
  const lines: string[] = []
  for (const [index, { target, upper, lower }] of layout.layers.entries()) {
    if (lower === undefined) continue
    const work = join(plan.folder, `work${index}`)
    mkdirSync(work, { recursive: true })
    const extra = plan.tools.kind === 'user-namespace' ? ',userxattr' : ''
    lines.push(`overlay ${field(join(root, target))} overlay lowerdir=${option(lower)},upperdir=${option(upper)},workdir=${option(work)}${extra} 0 0`)
  }
  for (const { target, source, readOnly, recursive } of layout.binds) {
    lines.push(`${field(source)} ${field(join(root, target))} none ${recursive ? 'rbind' : 'bind'}${readOnly ? ',ro' : ''} 0 0`)
  }
  return lines.join('\n') + '\n'
}

/** Without overlays: layers with a lower folder are shown read-only, everything else is the view's own. */
function bubblewrapOptions(layout: ViewLayout, root: string): string[] {
  const options = ['--bind', root, '/']
  for (const { target, lower } of layout.layers) if (lower !== undefined && target !== '/') options.push('--ro-bind', lower, target)
  for (const { target, source, readOnly } of layout.binds) options.push(target === '/dev' ? '--dev-bind' : readOnly ? '--ro-bind' : '--bind', source, target)
  return options
}

/** A word of a mount table. */
function field(text: string): string {
  return text.replace(/[\\ \t\n#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`)
}

/** A path among the options of an overlay, where commas and colons separate. */
function option(path: string): string {
  return field(path.replace(/[\\:,]/g, (character) => `\\${character}`))
}
