// Owns artifacts whose content stands in the manifest.
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ArtifactStore } from '@tiphys/shell/ports'
import { unpackTo } from './archive.ts'
import { Allowance } from './limits.ts'
import { settle, unsupported } from './refusal.ts'

export function createRawArtifactStore(): ArtifactStore {
  return {
    load: ({ artifact, to }, context) =>
      settle(async () => {
        const allowance = new Allowance(context.limits)
        const data = Buffer.from(artifact.raw?.data ?? '')
        allowance.spendBytes(data.length)
        const download = join(dirname(to), `.raw-${randomUUID()}`)
        await writeFile(download, data, { flag: 'wx', mode: 0o644 })
        await unpackTo(download, to, { archive: artifact.archive, allowance })
      }),
    open: (artifact) => {
      const data = Buffer.from(artifact.raw?.data ?? '')
      return Promise.resolve({ ok: true, value: { bytes: data.length, stream: once(data) } })
    },
    save: () => unsupported('raw', 'saving'),
    remove: () => unsupported('raw', 'removal'),
    list: () => unsupported('raw', 'listing'),
    isDirectory: () => Promise.resolve({ ok: true, value: false }),
  }
}

async function* once(data: Buffer): AsyncGenerator<Uint8Array> {
  yield data
}
