// Owns the programs that stand in for those of images which the host lacks, as folders for --image-map.
import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface StandIn {
  /** By the name under which the image has it: the file in `programs/`. */
  readonly programs: Readonly<Record<string, string>>
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** For every image. */
const everywhere = { sleep: 'sleep', python: 'python', apk: 'apk' }
const here = import.meta.dirname
let python: string | undefined

/** The host's Python itself, as tools that switch between versions take longer than a step; the program that asks for it when there is none. */
function pythonPath(): string {
  python ??= spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout?.trim() || join(here, 'programs/python')
  return python
}

/** By image without its tag; `*` stands for every other image. */
export function standIns(): Readonly<Record<string, StandIn>> {
  const images = JSON.parse(readFileSync(join(here, 'images.json'), 'utf8')) as Readonly<Record<string, StandIn>>
  return Object.fromEntries(Object.entries(images).map(([image, { programs, ...rest }]) => [image, { ...rest, programs: { ...everywhere, ...programs } }]))
}

/** The programs that an image has beside those of the host. */
export function programsOf(image: string): readonly string[] {
  const images = standIns()
  return Object.keys((images[withoutTag(image)] ?? images['*'])?.programs ?? {})
}

/** Whether it is known what an image runs when a container has no command. */
export function hasEntrypoint(image: string): boolean {
  const standIn = standIns()[withoutTag(image)]
  return standIn?.entrypoint !== undefined || standIn?.cmd !== undefined
}

/**
 * Makes the folders below `folder`. Pauses of steps are shortened by `sleepScale`. Programs are copied: a step sees the folder of its image even
 * where it has a fresh `/tmp`, but not what links lead to from there, and a checkout may lie in `/tmp`.
 */
export function makeStandIns(folder: string, sleepScale: number): { readonly image: string; readonly folder: string }[] {
  return Object.entries(standIns()).map(([image, standIn], index) => {
    const own = join(folder, `image-${index}`)
    mkdirSync(own, { recursive: true })
    for (const [name, program] of Object.entries(standIn.programs)) {
      if (program === 'python') symlinkSync(pythonPath(), join(own, name))
      else copyFileSync(join(here, 'programs', program), join(own, name))
    }
    const modules = join(own, 'modules')
    cpSync(join(here, 'python'), modules, { recursive: true })
    const env = { ...standIn.env, SLEEP_SCALE: String(sleepScale), PYTHONPATH: modules }
    writeFileSync(join(own, 'entrypoint.json'), JSON.stringify({ entrypoint: standIn.entrypoint, cmd: standIn.cmd ?? [], env }))
    return { image, folder: own }
  })
}

function withoutTag(image: string): string {
  const colon = image.lastIndexOf(':')
  return colon > image.lastIndexOf('/') ? image.slice(0, colon) : image
}
