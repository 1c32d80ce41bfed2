// Owns the bounds on what one artifact may bring.
import type { ArtifactLimits } from '@tiphys/shell/ports'
import { ArtifactRefusal } from './refusal.ts'

export const defaultLimits: ArtifactLimits = { bytesMax: 100 * 1024 ** 3, entriesMax: 1_000_000, timeoutMs: 60 * 60 * 1000 }

export const pathBytesMax = 4096
export const depthMax = 256

/** Counts what an artifact brings and stops it at the limit, whatever the archive's header promised. */
export class Allowance {
  private readonly limits: ArtifactLimits
  private bytes = 0
  private entries = 0

  constructor(limits: Partial<ArtifactLimits> | undefined) {
    this.limits = { ...defaultLimits, ...limits }
  }

  spendBytes(bytes: number): void {
    this.bytes += bytes
    if (this.bytes > this.limits.bytesMax) throw new ArtifactRefusal('artifact_too_large', `artifact is larger than ${this.limits.bytesMax} bytes when unpacked`)
  }

  spendEntry(): void {
    if (++this.entries > this.limits.entriesMax) throw new ArtifactRefusal('artifact_too_large', `artifact has more than ${this.limits.entriesMax} entries`)
  }
}
