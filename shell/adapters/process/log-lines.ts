// Owns the cutting of bytes into lines.

/** A longer line is given in pieces. */
export const lineBytesMax = 1024 * 1024

export class LineCutter {
  private parts: Buffer[] = []
  private bytes = 0

  /** The lines that these bytes complete, without their newlines. */
  push(chunk: Buffer): string[] {
    const lines: string[] = []
    let from = 0
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      this.keep(chunk.subarray(from, at), lines)
      lines.push(this.take())
      from = at + 1
    }
    this.keep(chunk.subarray(from), lines)
    return lines
  }

  /** What follows the last newline. */
  rest(): string | undefined {
    return this.bytes === 0 ? undefined : this.take()
  }

  private keep(piece: Buffer, lines: string[]): void {
    if (piece.length === 0) return
    this.parts.push(piece)
    this.bytes += piece.length
    if (this.bytes >= lineBytesMax) lines.push(this.take())
  }

  private take(): string {
    const text = Buffer.concat(this.parts).toString('utf8')
    this.parts = []
    this.bytes = 0
    return text
  }
}
