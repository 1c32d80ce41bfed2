// Owns the final command of a container as shell text: environment, program, private view, redirections.
import { constants } from 'node:os'
import { writeFileSync } from 'node:fs'
import { basename, isAbsolute, join } from 'node:path'
import { argumentVector, checkWord, commandNotFound } from './command.ts'
import type { ContainerRun } from './container-run.ts'
import type { LogTrack } from './log-writer.ts'
import { stagedScriptPath } from './pod-plan.ts'
import type { PrivateView } from './private-view.ts'
import { markerName } from './process-table.ts'
import type { Services } from './services.ts'
import { isShellName, quote, words } from './shell-text.ts'
import { makeRoom, visibleOf } from './view-layout.ts'
import { PodTrouble } from './trouble.ts'

export interface LaunchPlan {
  readonly container: ContainerRun
  readonly environment: ReadonlyMap<string, string>
  readonly view: PrivateView | undefined
  readonly track: LogTrack
  /** Source of a script template; goes to a private file. */
  readonly script: string | undefined
  readonly run: string
  /** Where the source goes when there is no view. */
  readonly scriptPath: string
  /** The pod's own security context, beneath the container's. */
  readonly user: { readonly runAsUser?: number | undefined; readonly runAsGroup?: number | undefined }
}

export const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Shell text for a supervisor. Every value is a quoted word. */
export function launchText(plan: LaunchPlan, services: Services): string {
  const argv = programVector(plan, services)
  const { outer, inner } = splitEnvironment(plan, services.baseEnvironment)
  const env = plan.view === undefined ? (services.programs.find('env', systemPath, '/') ?? 'env') : 'env'
  const command = inner.length === 0 ? argv : [env, ...inner, ...argv]
  return `${outer}${markerName}=${plan.run} ${entered(command, plan, services)} </dev/null ${redirections(plan.track)}`
}

/** Assignments for the shell, and `NAME=VALUE` words for env(1): odd names, which no shell can assign, and the loader's, which are not for the tools that build a view. */
function splitEnvironment(plan: LaunchPlan, base: ReadonlyMap<string, string>): { outer: string; inner: string[] } {
  const { name: container } = plan.container.plan.container
  const inner: string[] = []
  let outer = ''
  for (const [name, value] of plan.environment) {
    if (base.get(name) === value) continue
    checkWord(value, `variable "${name}" of container "${container}"`, container)
    if (!isShellName(name)) checkWord(name, `a variable's name in container "${container}"`, container)
    if (isShellName(name) && (plan.view === undefined || !name.startsWith('LD_'))) outer += `${name}=${quote(value)} `
    else inner.push(`${name}=${value}`)
  }
  return { outer, inner }
}

/** Every view enters through unshare(1), which can also change the user; a plain step needs it for that alone. */
function entered(argv: readonly string[], plan: LaunchPlan, services: Services): string {
  const user = userOptions(plan, services)
  if (plan.view !== undefined) return plan.view.enter(argv, workingDirOf(plan), user)
  return words(user.length === 0 ? argv : [services.unshare, ...user, '--', ...argv])
}

function userOptions(plan: LaunchPlan, services: Services): string[] {
  const own = plan.container.plan.container.securityContext
  const user = own?.runAsUser ?? plan.user.runAsUser
  const group = own?.runAsGroup ?? plan.user.runAsGroup ?? user
  if (user === undefined || user === 0 || process.getuid?.() !== 0 || services.unshare === '') return []
  return ['-S', String(user), '-G', String(group)]
}

export function workingDirOf(plan: LaunchPlan): string {
  const { container, standIn } = plan.container.plan
  const declared = container.workingDir ?? ''
  return declared !== '' ? declared : (standIn?.config.workingDir ?? '/')
}

function programVector(plan: LaunchPlan, services: Services): readonly string[] {
  const { container, standIn } = plan.container.plan
  const staged = plan.script === undefined ? undefined : stageScript(plan.script, plan)
  const argv = argumentVector(container, standIn, plan.environment).map((word) => (staged !== undefined && word === stagedScriptPath ? staged : word))
  const [program = ''] = argv
  const mapped = mappedProgram(program, plan, services)
  if (mapped !== undefined) return [mapped, ...argv.slice(1)]
  const path = plan.environment.get('PATH') ?? systemPath
  const found = plan.view === undefined ? services.programs.find(program, path, '/') : findInView(program, path, plan)
  if (found === undefined) throw commandNotFound(program, container)
  // Inside a view the program is looked up again by its own name; outside, a bare name might be one of the shell's own commands.
  return plan.view === undefined ? [found, ...argv.slice(1)] : argv
}

/** A program that the image has under a path of its own: a folder of commands has them all in one place. */
function mappedProgram(program: string, plan: LaunchPlan, services: Services): string | undefined {
  const { standIn } = plan.container.plan
  if (standIn?.kind !== 'commands' || !isAbsolute(program)) return undefined
  return services.programs.find(basename(program), standIn.folder, '/')
}

function findInView(program: string, path: string, plan: LaunchPlan): string | undefined {
  const layout = plan.view?.layout
  if (layout === undefined) return undefined
  const folder = workingDirOf(plan)
  const candidates = program.includes('/') ? [isAbsolute(program) ? program : join(folder, program)] : path.split(':').map((entry) => join(entry === '' ? folder : entry, program))
  return candidates.find((candidate) => visibleOf(layout, candidate) !== undefined)
}

/** Gives the path under which the program finds its source. */
function stageScript(source: string, plan: LaunchPlan): string {
  const host = plan.view === undefined ? plan.scriptPath : makeRoom(plan.view.layout, stagedScriptPath).host
  try {
    writeFileSync(host, source, { mode: 0o755 })
  } catch (error) {
    throw new PodTrouble('host_failed', `the script could not be written: ${error instanceof Error ? error.message : String(error)}`)
  }
  return plan.view === undefined ? host : stagedScriptPath
}

function redirections(track: LogTrack): string {
  return track.split ? `>>${quote(track.paths.out)} 2>>${quote(track.paths.err)}` : `>>${quote(track.paths.combined)} 2>&1`
}

/** The number of a signal, 15 for one that this system does not have. */
export function signalNumber(signal: NodeJS.Signals): number {
  return constants.signals[signal] ?? 15
}
