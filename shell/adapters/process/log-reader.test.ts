// Logs are read back line by line, in the order in which they were seen, during the run and after it.
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { LogKey, LogLine, LogQuery } from '@tiphys/shell/ports'
import { LineCutter, lineBytesMax } from './log-lines.ts'
import { fileNamePart, logFolder, logPaths } from './log-paths.ts'
import { createLogStore } from './log-reader.ts'
import { LogWriter } from './log-writer.ts'

const directory = mkdtempSync(join(tmpdir(), 'tiphys-logs-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

let count = 0
const newKey = (): LogKey => ({ workflowUid: 'uid', nodeId: `node${count++}`, attempt: 0, container: 'main' })
const store = createLogStore({ directory, isLive: () => false })

async function read(key: LogKey, query?: LogQuery): Promise<LogLine[]> {
  const lines: LogLine[] = []
  for await (const line of store.read(key, query)) lines.push(line)
  return lines
}

function write(key: LogKey, files: { combined?: string; out?: string; err?: string; index?: string }): void {
  mkdirSync(logFolder(directory, key.workflowUid), { recursive: true })
  const paths = logPaths(directory, key)
  for (const [name, text] of Object.entries(files)) writeFileSync(paths[name as keyof typeof paths], text)
}

describe('reading', () => {
  it('merges the two streams in the order of the index, with its times', async () => {
    const key = newKey()
    write(key, { out: 'a\nb\nc', err: 'x\ny\n', index: '1000 2 0\n2000 2 2\n3000 5 4\n' })
    expect((await read(key)).map(({ at, stream, text }) => `${at} ${stream} ${text}`)).toEqual(['1000 stdout a', '2000 stderr x', '3000 stdout b', '3000 stderr y', expect.stringMatching(/^3000 stdout c|stdout c$/)])
  })

  it('gives tails, and what is younger than a time, and stops at a number of bytes', async () => {
    const key = newKey()
    write(key, { combined: 'one\ntwo\nthree\n', index: '1000 4 0\n2000 14 0\n' })
    const texts = async (query: LogQuery): Promise<string[]> => (await read(key, query)).map(({ text }) => text)
    expect(await texts({ tailLines: 2 })).toEqual(['two', 'three'])
    expect(await texts({ tailLines: 0 })).toEqual([])
    expect(await texts({ tailLines: 99 })).toEqual(['one', 'two', 'three'])
    expect(await texts({ since: 1500 })).toEqual(['two', 'three'])
    expect(await texts({ bytesMax: 8 })).toEqual(['one', 'two'])
  })

  it('finds the tail of a long file without reading all of it', async () => {
    const key = newKey()
    write(key, { combined: Array.from({ length: 50_000 }, (_, line) => `line ${line}\n`).join('') })
    expect((await read(key, { tailLines: 3 })).map(({ text }) => text)).toEqual(['line 49997', 'line 49998', 'line 49999'])
  })

  it('is empty for a log that is not there', async () => {
    expect(await read(newKey())).toEqual([])
    expect(await store.containers({ workflowUid: 'no', nodeId: 'no', attempt: 0 })).toEqual([])
  })

  it('tells attempts and nodes apart whose names start alike', async () => {
    const key = { ...newKey(), nodeId: 'a' }
    write(key, { combined: 'x\n' })
    write({ ...key, attempt: 1 }, { combined: 'x\n' })
    write({ ...key, nodeId: 'a.0' }, { combined: 'x\n' })
    write({ ...key, container: 'side' }, { out: 'x\n' })
    expect(await store.containers({ workflowUid: 'uid', nodeId: 'a', attempt: 0 })).toEqual(['main', 'side'])
    expect(await store.containers({ workflowUid: 'uid', nodeId: 'a', attempt: 1 })).toEqual(['main'])
  })

  it('follows until the container is over and stops when told', async () => {
    const key = newKey()
    write(key, { combined: 'first\n' })
    let live = true
    const following = createLogStore({ directory, isLive: () => live })
    const seen: string[] = []
    for await (const { text } of following.read(key, { follow: true })) {
      seen.push(text)
      if (text === 'first') appendFileSync(logPaths(directory, key).combined, 'second\npart')
      if (text === 'second') live = false
    }
    expect(seen).toEqual(['first', 'second', 'part'])
    live = true
    const stop = new AbortController()
    for await (const { text } of following.read(key, { follow: true, signal: stop.signal })) if (text === 'second') stop.abort()
  })

  it('removes all logs of a workflow', async () => {
    const key = { ...newKey(), workflowUid: 'other' }
    write(key, { combined: 'x\n' })
    await store.remove('other')
    expect(readdirSync(directory)).not.toContain('other')
  })
})

describe('writing', () => {
  it('notes lengths only for steps that run long enough to matter', async () => {
    let now = 1000
    const writer = new LogWriter(directory, () => now)
    const quick = writer.prepare(newKey(), false)
    writer.start(quick)
    writeFileSync(quick.paths.combined, 'x\n')
    writer.finish(quick)
    const slow = writer.prepare(newKey(), true)
    writer.start(slow)
    expect(writer.isLive(slow.key)).toBe(true)
    writeFileSync(slow.paths.out, 'x\n')
    now = 5000
    writer.finish(slow)
    writer.close()
    expect(writer.isLive(slow.key)).toBe(false)
    expect(readdirSync(logFolder(directory, 'uid')).filter((name) => name.startsWith(`${quick.key.nodeId}.`) && name.endsWith('.idx'))).toEqual([])
    expect((await read(slow.key))[0]?.at).toBe(5000)
  })
})

describe('lines and names', () => {
  it('cuts across chunks and characters, and gives overlong lines in pieces', () => {
    const cutter = new LineCutter()
    const bytes = Buffer.from('ä\nb')
    expect([...cutter.push(bytes.subarray(0, 1)), ...cutter.push(bytes.subarray(1))]).toEqual(['ä'])
    expect(cutter.rest()).toBe('b')
    expect(cutter.rest()).toBeUndefined()
    expect(cutter.push(Buffer.alloc(lineBytesMax + 1, 'x')).map(({ length }) => length)).toEqual([lineBytesMax + 1])
  })

  it('turns any text into a file name, and different texts into different ones', () => {
    const texts = ['plain-1.x', '..', '.', '', 'a/b', 'a_b', 'a\0b', 'x'.repeat(400), 'x'.repeat(401), 'ü']
    const names = texts.map(fileNamePart)
    expect(names[0]).toBe('plain-1.x')
    expect(new Set(names).size).toBe(texts.length)
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_+-][A-Za-z0-9._+~-]{0,200}$/)
  })
})
