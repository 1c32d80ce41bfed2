// Owns copying of files and folders on one machine: links stay links, and blocks are shared where the file system can.
import { constants } from 'node:fs'
import { chmod, copyFile, link, mkdir, symlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Allowance } from './limits.ts'
import { walkTree } from './file-tree.ts'

export interface CopyOptions {
  readonly allowance: Allowance
  /** Files may become second names of the originals. */
  readonly mayLink: boolean
}

/** Copies to a path that does not exist; its folder does. */
export async function copyTree(from: string, to: string, { allowance, mayLink }: CopyOptions): Promise<void> {
  const folders: { path: string; mode: number }[] = []
  for await (const entry of walkTree(from, '.')) {
    allowance.spendEntry()
    const target = join(to, entry.name)
    if (entry.kind === 'symlink') await symlink(entry.linkName, target)
    else if (entry.kind === 'folder') {
      await mkdir(target, { mode: 0o700 })
      folders.push({ path: target, mode: entry.mode })
    } else {
      allowance.spendBytes(entry.bytes)
      if (mayLink && (await linked(entry.path, target))) continue
      await copyFile(entry.path, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
      await chmod(target, entry.mode & 0o777)
      await utimes(target, entry.changedAt, entry.changedAt)
    }
  }
  // Modes last: a read-only folder could not be filled.
  for (const { path, mode } of folders.reverse()) await chmod(path, mode & 0o777)
}

/** Only within one file system, and not all of them can. */
function linked(from: string, to: string): Promise<boolean> {
  return link(from, to).then(() => true, () => false)
}
