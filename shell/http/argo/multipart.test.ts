// Files in forms come out as they went in, however the bytes fall, and broken forms are told.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ReadForm, readForm } from './multipart.ts'

let folder = ''
let made = 0
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'tiphys-form-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

interface Sent { readonly read: ReadForm; readonly content: () => Buffer }

async function send(body: Buffer | string, { size = 7, type = 'multipart/form-data; boundary=B', bytesMax = 100_000 } = {}): Promise<Sent> {
  const to = join(folder, String(made++))
  const read = await readForm({ contentType: type, body: inPieces(Buffer.from(body), size), field: 'file', to, bytesMax })
  return { read, content: () => readFileSync(to) }
}

const part = (header: string, content: string | Buffer): Buffer => Buffer.concat([Buffer.from(`--B\r\nContent-Disposition: form-data; ${header}\r\n\r\n`), Buffer.from(content), Buffer.from('\r\n')])
const form = (...parts: readonly Buffer[]): Buffer => Buffer.concat([...parts, Buffer.from('--B--\r\n')])

describe('forms', () => {
  it('give the file as it was sent, whatever is in it and however it comes in pieces', async () => {
    const bytes = fc.array(fc.oneof(fc.constantFrom('\r', '\n', '\r\n', '--', '--B', '\r\n--', '\r\n--A', '-'), fc.string({ maxLength: 5 })), { maxLength: 30 }).map((texts) => texts.join('')).filter((text) => !`\r\n${text}\r\n`.includes('\r\n--B'))
    await fc.assert(fc.asyncProperty(bytes, fc.integer({ min: 1, max: 40 }), async (content, size) => {
      const { read, content: kept } = await send(form(part('name="note"', 'first'), part('name="file"; filename="a.txt"', content), part('name="file"; filename="second"', 'x')), { size })
      expect(read).toEqual({ ok: true, file: { fileName: 'a.txt', bytes: Buffer.byteLength(content) } })
      expect(kept().toString()).toBe(content)
    }), { numRuns: 150 })
  })

  it('without the wanted file have none', async () => {
    expect((await send(form(part('name="other"; filename="a"', 'x')))).read).toEqual({ ok: true, file: undefined })
    expect((await send(form(part('name="file"; filename=""', 'x')))).read).toEqual({ ok: true, file: undefined })
    expect((await send(form(part('name="file"', 'no file, but a value')))).read).toEqual({ ok: true, file: undefined })
    expect((await send(form())).read).toEqual({ ok: true, file: undefined })
  })

  it.each([
    ['another type', 'x', { type: 'application/json' }, "request Content-Type isn't multipart/form-data"],
    ['no boundary', 'x', { type: 'multipart/form-data' }, 'no multipart boundary param in Content-Type'],
    ['no part at all', 'nothing of the kind', {}, 'multipart: NextPart: EOF'],
    ['an end in the middle of a file', part('name="file"; filename="a"', 'x'), {}, 'multipart: NextPart: EOF'],
    ['a delimiter that goes on', '--Bx\r\n', {}, 'multipart: unexpected line in Next()'],
    ['a header without an end', `--B\r\n${'x'.repeat(20_000)}`, {}, 'multipart: message too large'],
  ])('with %s are refused', async (_title, body, options, message) => {
    expect((await send(body, options)).read).toEqual({ ok: false, code: 'invalid', message })
  })

  it('above the limit are refused before they are read', async () => {
    const { read } = await send(form(part('name="file"; filename="a"', Buffer.alloc(5000))), { bytesMax: 1000, size: 100 })
    expect(read).toMatchObject({ ok: false, code: 'too_large' })
  })

  it('may quote names and boundaries', async () => {
    const body = Buffer.from('--B B\r\nContent-disposition: form-data; name="file"; filename="a \\"b\\".txt"\r\n\r\nhi\r\n--B B--')
    const { read } = await send(body, { type: 'multipart/form-data; boundary="B B"' })
    expect(read).toEqual({ ok: true, file: { fileName: 'a "b".txt', bytes: 2 } })
  })
})
