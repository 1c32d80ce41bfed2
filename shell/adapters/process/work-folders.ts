// Owns the private working folders of steps that declare no paths: an untouched one serves the next step again.
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'

export class WorkFolders {
  private readonly root: string
  private readonly untouched = new Map<string, number>()
  private discarded = 0

  constructor(root: string) {
    this.root = root
    mkdirSync(root, { recursive: true, mode: 0o700 })
  }

  /** The folder of a supervisor, empty. */
  take(name: string): string {
    const path = join(this.root, name)
    if (this.untouched.has(name)) return path
    mkdirSync(path, { recursive: true, mode: 0o700 })
    this.untouched.set(name, statSync(path).mtimeMs)
    return path
  }

  /** A step is done with its folder. Making or removing anything in it changed its time. */
  release(name: string): void {
    const before = this.untouched.get(name)
    if (before === undefined) return
    const path = join(this.root, name)
    if (statSync(path, { throwIfNoEntry: false })?.mtimeMs === before) return
    this.untouched.delete(name)
    const away = join(this.root, `${name}.old${this.discarded++}`)
    try {
      renameSync(path, away)
    } catch {
      return // The step removed its own folder.
    }
    void rm(away, { recursive: true, force: true }).catch(() => undefined)
  }

  /** Removes what an earlier process left, except what is still in use. */
  sweep(inUse: ReadonlySet<string>): void {
    for (const name of readdirSync(this.root)) if (!inUse.has(name)) rmSync(join(this.root, name), { recursive: true, force: true })
  }
}
