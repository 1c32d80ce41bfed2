// Owns copying and moving of files and folders on one machine: links stay links, and blocks are shared where the file system can.
import { constants } from 'node:fs'
import { chmod, copyFile, mkdir, rename, symlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Allowance } from './limits.ts'
import { walkTree } from './file-tree.ts'

/** Copies to a path that does not exist; its folder does. */
export async function copyTree(from: string, to: string, allowance: Allowance): Promise<void> {
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
      await copyFile(entry.path, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
      await chmod(target, entry.mode & 0o777)
      await utimes(target, entry.changedAt, entry.changedAt)
    }
  }
  // Modes last: a read-only folder could not be filled.
  for (const { path, mode } of folders.reverse()) await chmod(path, mode & 0o777)
}

/** Moves where both are on one file system, else copies. */
export async function moveTree(from: string, to: string, allowance: Allowance): Promise<void> {
  try {
    await rename(from, to)
  } catch {
    await copyTree(from, to, allowance)
  }
}
