// Owns archives for drivers that only move bytes: what they load is unpacked, what they save is packed first.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { randomUUID } from 'node:crypto'
import type { ArtifactStore } from '@tiphys/shell/ports'
import { packed, packingOf, unpackTo, writeBounded } from './archive.ts'
import { Allowance } from './limits.ts'
import { settle } from './refusal.ts'

/**
 * Wraps a driver whose `load` writes the stored bytes (or a folder of them) as they are and whose `save` stores a file or folder as it is, and gives
 * a full artifact store. Archives are packed below `scratch`.
 */
export function withArchives(driver: ArtifactStore, scratch: string = tmpdir()): ArtifactStore {
  return {
    ...driver,
    load: async (request, context) => {
      const download = join(dirname(request.to), `.download-${randomUUID()}`)
      const loaded = await driver.load({ artifact: request.artifact, to: download }, context)
      if (!loaded.ok) return loaded
      return settle(() => unpackTo(download, request.to, { archive: request.artifact.archive, allowance: new Allowance(context.limits) }))
    },
    save: async (request, context) => {
      const packing = packingOf(request.artifact.archive)
      if (packing.kind === 'none') return driver.save(request, context)
      await mkdir(scratch, { recursive: true })
      const folder = await mkdtemp(join(scratch, 'tiphys-save-'))
      try {
        const archive = join(folder, `${basename(request.from)}.${packing.kind === 'zip' ? 'zip' : 'tgz'}`)
        const written = await settle(() => writeBounded(packed(request.from, packing), archive, new Allowance(context.limits)))
        return written.ok ? await driver.save({ artifact: request.artifact, from: archive, mayLink: true }, context) : written
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}
