// Owns reading forms with files: one file goes to disk as it comes, whatever its size, and everything else is passed over.
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'

export interface FormFile {
  /** As the client named it. */
  readonly fileName: string
  readonly bytes: number
}

export type ReadForm =
  | { readonly ok: true; readonly file: FormFile | undefined }
  /** `too_large`: above the limit; `invalid`: no form, or a broken one. */
  | { readonly ok: false; readonly code: 'too_large' | 'invalid'; readonly message: string }

export interface FormRequest {
  readonly contentType: string
  readonly body: AsyncIterable<Buffer>
  /** Name of the part whose file is wanted. */
  readonly field: string
  /** Where its content goes: a path that does not exist yet. */
  readonly to: string
  readonly bytesMax: number
}

const HEADER_BYTES_MAX = 16 * 1024
const invalid = (message: string): ReadForm => ({ ok: false, code: 'invalid', message })

class TooLarge extends Error {}
class Broken extends Error {}

export async function readForm(form: FormRequest): Promise<ReadForm> {
  const boundary = boundaryOf(form.contentType)
  if (!boundary.ok) return invalid(boundary.message)
  try {
    return { ok: true, file: await new FormReader(form, boundary.value).read() }
  } catch (error) {
    if (error instanceof TooLarge) return { ok: false, code: 'too_large', message: `a form is at most ${form.bytesMax} bytes` }
    if (error instanceof Broken) return invalid(error.message)
    throw error
  }
}

function boundaryOf(contentType: string): { readonly ok: true; readonly value: string } | { readonly ok: false; readonly message: string } {
  if (!/^\s*multipart\/(form-data|mixed)\s*(;|$)/i.test(contentType)) return { ok: false, message: "request Content-Type isn't multipart/form-data" }
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType)
  const value = match?.[1] ?? match?.[2]
  return value === undefined ? { ok: false, message: 'no multipart boundary param in Content-Type' } : { ok: true, value }
}

/** Keeps only as much in memory as a delimiter may be split over. */
class FormReader {
  readonly #form: FormRequest
  readonly #source: AsyncIterator<Buffer>
  readonly #delimiter: Buffer
  #held = Buffer.from('\r\n')
  #bytes = 0
  #isOver = false

  constructor(form: FormRequest, boundary: string) {
    this.#form = form
    this.#source = form.body[Symbol.asyncIterator]()
    this.#delimiter = Buffer.from(`\r\n--${boundary}`)
  }

  async read(): Promise<FormFile | undefined> {
    await this.#content(undefined)
    let found: FormFile | undefined
    while (!(await this.#isLast())) {
      const header = await this.#header()
      const wanted = found === undefined && header.name === this.#form.field && (header.fileName ?? '') !== ''
      const bytes = await this.#content(wanted ? this.#form.to : undefined)
      if (wanted) found = { fileName: header.fileName ?? '', bytes }
    }
    return found
  }

  async #more(): Promise<boolean> {
    if (this.#isOver) return false
    const next = await this.#source.next()
    if (next.done === true) {
      this.#isOver = true
      return false
    }
    this.#bytes += next.value.length
    if (this.#bytes > this.#form.bytesMax) throw new TooLarge()
    this.#held = Buffer.concat([this.#held, next.value])
    return true
  }

  /** What follows a delimiter: another part, or the end. */
  async #isLast(): Promise<boolean> {
    while (this.#held.length < 2) if (!(await this.#more())) throw new Broken('multipart: NextPart: EOF')
    const mark = this.#held.subarray(0, 2).toString('latin1')
    this.#held = this.#held.subarray(2)
    if (mark !== '--' && mark !== '\r\n') throw new Broken('multipart: unexpected line in Next()')
    return mark === '--'
  }

  async #header(): Promise<{ readonly name: string; readonly fileName: string | undefined }> {
    for (let end = this.#held.indexOf('\r\n\r\n'); ; end = this.#held.indexOf('\r\n\r\n')) {
      if (end >= 0) {
        const text = this.#held.subarray(0, end).toString('utf8')
        // The blank line belongs to the header; a delimiter may follow it at once.
        this.#held = this.#held.subarray(end + 2)
        return dispositionOf(text)
      }
      if (this.#held.length > HEADER_BYTES_MAX) throw new Broken('multipart: message too large')
      if (!(await this.#more())) throw new Broken('multipart: NextPart: EOF')
    }
  }

  /** Passes over everything up to the next delimiter, writing it where it is wanted. */
  async #content(to: string | undefined): Promise<number> {
    const file = to === undefined ? undefined : createWriteStream(to, { flags: 'wx', mode: 0o600 })
    // The line break before the content is not part of it.
    let [bytes, skipped] = [0, 0]
    const take = async (length: number): Promise<void> => {
      const skip = Math.min(2 - skipped, length)
      const chunk = this.#held.subarray(skip, length)
      skipped += skip
      this.#held = this.#held.subarray(length)
      bytes += chunk.length
      if (file !== undefined && chunk.length > 0 && !file.write(chunk)) await once(file, 'drain')
    }
    try {
      for (let at = this.#held.indexOf(this.#delimiter); ; at = this.#held.indexOf(this.#delimiter)) {
        if (at >= 0) {
          await take(at)
          this.#held = this.#held.subarray(this.#delimiter.length)
          return bytes
        }
        await take(Math.max(0, this.#held.length - this.#delimiter.length))
        if (!(await this.#more())) throw new Broken('multipart: NextPart: EOF')
      }
    } finally {
      if (file !== undefined) await new Promise<void>((resolve, reject) => file.end((error?: Error | null) => (error ? reject(error) : resolve())))
    }
  }
}

function dispositionOf(header: string): { readonly name: string; readonly fileName: string | undefined } {
  const line = header.split('\r\n').find((text) => /^content-disposition\s*:/i.test(text)) ?? ''
  const value = (name: string): string | undefined => {
    const match = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;]+))`, 'i').exec(line)
    return match?.[1]?.replaceAll(/\\(["\\])/g, '$1') ?? match?.[2]
  }
  return { name: value('name') ?? '', fileName: value('filename') }
}
