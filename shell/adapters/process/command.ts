// Owns what a container executes on this host: its argument vector, and where its program lies.
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import type { Container } from '@tiphys/core/spec'
import { expandReferences } from './expansion.ts'
import type { ImageStandIn } from './image-map.ts'
import { PodTrouble } from './trouble.ts'

/** One argument or variable longer than this is refused by Linux. */
const wordBytesMax = 131_071

const wayOut = (image: string): string => `map the image to a folder of commands or a root file system (--image-map ${image || 'IMAGE'}=FOLDER)`

/** The argument vector with every reference expanded. Images bring an entrypoint only where the user mapped them. */
export function argumentVector(container: Container, standIn: ImageStandIn | undefined, environment: ReadonlyMap<string, string>): readonly string[] {
  const expand = (list: readonly string[]): readonly string[] => list.map((item) => expandReferences(item, environment))
  const command = container.command ?? []
  const args = container.args ?? []
  if (command.length > 0) return usable([...expand(command), ...expand(args)], container)
  const { entrypoint, cmd } = standIn?.config ?? { entrypoint: undefined, cmd: [] }
  const tail = args.length > 0 ? expand(args) : cmd
  const image = container.image ?? ''
  if (entrypoint === undefined && (args.length > 0 || cmd.length === 0)) {
    throw new PodTrouble(
      'command_unknown',
      `container "${container.name}" has no command, and what image "${image}" would run is not known on this host: give the container a command, or map the image to a folder that has an entrypoint.json (--image-map ${image || 'IMAGE'}=FOLDER)`,
      container.name,
    )
  }
  return usable([...(entrypoint ?? []), ...tail], container)
}

function usable(argv: readonly string[], container: Container): readonly string[] {
  for (const word of argv) checkWord(word, `an argument of container "${container.name}"`, container.name)
  return argv
}

/** Refuses what no program can be given. */
export function checkWord(word: string, what: string, container: string): void {
  if (word.includes('\0')) throw new PodTrouble('value_unusable', `${what} contains a NUL character, which no program can be given`, container)
  if (word.length * 3 > wordBytesMax && Buffer.byteLength(word) > wordBytesMax)
    throw new PodTrouble('value_unusable', `${what} has ${Buffer.byteLength(word)} bytes, the limit of the system is ${wordBytesMax}: pass it as an artifact`, container)
}

/** Finds programs on the host; remembers where they were. */
export class ProgramFinder {
  private readonly found = new Map<string, string>()

  /** Absolute path of a program, or `undefined`. A name with a slash is looked up from `folder`. */
  find(program: string, path: string, folder: string): string | undefined {
    if (program.includes('/')) {
      const absolute = isAbsolute(program) ? program : join(folder, program)
      return isProgram(absolute) ? absolute : undefined
    }
    const key = `${program}\0${path}`
    const known = this.found.get(key)
    if (known !== undefined) return known
    for (const entry of path.split(delimiter)) {
      const candidate = join(entry === '' ? '.' : entry, program)
      if (!isAbsolute(candidate) || !isProgram(candidate)) continue
      this.found.set(key, candidate)
      return candidate
    }
    return undefined
  }
}

/** What carries out the templates that act on a cluster, which plain processes do not have. */
const EXECUTOR = 'argoexec'

export function commandNotFound(program: string, container: Container): PodTrouble {
  const image = container.image ?? ''
  if (program === EXECUTOR && (container.command ?? []).concat(container.args ?? []).includes('resource')) {
    const message = 'a resource template acts on the API of a cluster, which a run by itself does not have: start tiphys server, which has one, and hand the workflow to it by tiphys submit'
    return new PodTrouble('cluster_needed', message, container.name)
  }
  return new PodTrouble(
    'command_not_found',
    `command "${program}" of image "${image}" was not found on this host: install it, or ${wayOut(image)}`,
    container.name,
  )
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
