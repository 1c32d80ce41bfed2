// Archives: what goes in comes out, what is hostile is refused, and the system's own tools agree.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { extractTar, extractZip, isGzippedTar, packed, unpackTo, writeBounded } from './archive.ts'
import { Allowance } from './limits.ts'
import { normalName } from './safe-tree.ts'

const folder = mkdtempSync(join(tmpdir(), 'tiphys-archive-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let count = 0
const fresh = (): string => {
  const path = join(folder, `case${count++}`)
  mkdirSync(path)
  return path
}
const plenty = (): Allowance => new Allowance(undefined)

interface Entry {
  readonly name: string
  readonly type?: string
  readonly content?: string
  readonly link?: string
  readonly bytes?: number
  readonly mode?: number
}

/** A tar archive with headers as given, right or wrong. */
function tarOf(entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = []
  for (const { name, type = '0', content = '', link = '', bytes = Buffer.byteLength(content), mode = 0o644 } of entries) {
    const header = Buffer.alloc(512)
    header.write(name, 0)
    header.write(mode.toString(8).padStart(7, '0'), 100)
    header.write(bytes.toString(8).padStart(11, '0'), 124)
    header.write('00000000000', 136)
    header.write(type, 156)
    header.write(link, 157)
    header.write('ustar\x0000', 257, 'latin1')
    header.fill(32, 148, 156)
    header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148)
    parts.push(header, Buffer.from(content), Buffer.alloc((512 - (Buffer.byteLength(content) % 512)) % 512))
  }
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}

async function extracted(entries: readonly Entry[], allowance = plenty()): Promise<string> {
  const base = fresh()
  const archive = join(base, 'archive')
  writeFileSync(archive, gzipSync(tarOf(entries)))
  const to = join(base, 'to')
  mkdirSync(to)
  await extractTar(archive, to, allowance)
  return to
}

function sampleTree(): string {
  const root = join(fresh(), 'tree')
  mkdirSync(join(root, 'sub', 'ünïcode ' + 'x'.repeat(120)), { recursive: true })
  writeFileSync(join(root, 'sub', 'file'), 'content\n', { mode: 0o640 })
  writeFileSync(join(root, 'big'), Buffer.alloc(300_000, 'ab'))
  writeFileSync(join(root, 'sub', 'ünïcode ' + 'x'.repeat(120), 'leaf\nline'), '')
  writeFileSync(join(root, 'run'), '#!/bin/sh\n')
  chmodSync(join(root, 'run'), 0o755)
  symlinkSync('sub/file', join(root, 'link'))
  return root
}

function describeTree(root: string): string[] {
  const lines: string[] = []
  const walk = (path: string, name: string): void => {
    const found = lstatSync(path)
    if (found.isSymbolicLink()) lines.push(`${name} -> ${readlinkSync(path)}`)
    else if (found.isDirectory()) for (const child of readdirSync(path).sort()) walk(join(path, child), `${name}/${child}`)
    else lines.push(`${name} ${(found.mode & 0o777).toString(8)} ${readFileSync(path).length}`)
  }
  walk(root, '')
  return lines
}

describe('packing', () => {
  it.each([{ kind: 'tar', level: -1 }, { kind: 'tar', level: 0 }, { kind: 'tar', level: 9 }, { kind: 'zip' }] as const)('a tree comes back as it was: %o', async (packing) => {
    const tree = sampleTree()
    const base = fresh()
    await writeBounded(packed(tree, packing), join(base, 'archive'), plenty())
    await unpackTo(join(base, 'archive'), join(base, 'out'), { archive: packing.kind === 'zip' ? { zip: {} } : undefined, allowance: plenty() })
    expect(describeTree(join(base, 'out'))).toEqual(describeTree(tree))
    expect(readdirSync(base)).toEqual(['out'])
  })

  it('a single file comes back as a file under the name that is asked for', async () => {
    const base = fresh()
    writeFileSync(join(base, 'one'), 'text')
    for (const packing of [{ kind: 'tar', level: -1 }, { kind: 'zip' }] as const) {
      await writeBounded(packed(join(base, 'one'), packing), join(base, 'archive'), plenty())
      await unpackTo(join(base, 'archive'), join(base, packing.kind), { archive: packing.kind === 'zip' ? { zip: {} } : { tar: {} }, allowance: plenty() })
      expect(readFileSync(join(base, packing.kind), 'utf8')).toBe('text')
    }
  })

  it('the same tree gives the same bytes', async () => {
    const tree = sampleTree()
    const read = async (): Promise<string> => {
      const parts: Uint8Array[] = []
      for await (const part of packed(tree, { kind: 'tar', level: 6 })) parts.push(part)
      return Buffer.concat(parts).toString('base64')
    }
    expect(await read()).toBe(await read())
  })

  it('tar(1) reads what is written, and what tar(1) writes is read', async () => {
    const tree = sampleTree()
    const base = fresh()
    await writeBounded(packed(tree, { kind: 'tar', level: 6 }), join(base, 'ours.tgz'), plenty())
    mkdirSync(join(base, 'theirs'))
    execFileSync('tar', ['-xzf', join(base, 'ours.tgz'), '-C', join(base, 'theirs')])
    expect(describeTree(join(base, 'theirs', 'tree'))).toEqual(describeTree(tree))
    for (const format of ['gnu', 'pax', 'ustar', 'v7']) {
      const shallow = format === 'ustar' || format === 'v7' ? join(tree, 'sub', 'file') : tree
      execFileSync('tar', ['--format', format, '-czf', join(base, `${format}.tgz`), '-C', join(shallow, '..'), shallow.slice(shallow.lastIndexOf('/') + 1)])
      await unpackTo(join(base, `${format}.tgz`), join(base, format), { archive: undefined, allowance: plenty() })
      expect(describeTree(join(base, format))).toEqual(describeTree(shallow))
    }
  })

  it('only gzipped tar is recognised without being declared', async () => {
    const base = fresh()
    writeFileSync(join(base, 'text.gz'), gzipSync('just text'))
    writeFileSync(join(base, 'plain.tar'), tarOf([{ name: 'a', content: 'x' }]))
    writeFileSync(join(base, 'real.tgz'), gzipSync(tarOf([{ name: 'a', content: 'x' }])))
    expect(await Promise.all(['text.gz', 'plain.tar', 'real.tgz'].map((name) => isGzippedTar(join(base, name))))).toEqual([false, false, true])
  })
})

describe('hostile archives (CVE-2025-62156, CVE-2025-66626)', () => {
  const refused: readonly (readonly [string, readonly Entry[]])[] = [
    ['a name that leads up', [{ name: '../evil', content: 'x' }]],
    ['a name that leads up in the middle', [{ name: 'a/../../evil', content: 'x' }]],
    ['an absolute name', [{ name: '/tmp/evil', content: 'x' }]],
    ['a link that leads up', [{ name: 'link', type: '2', link: '../outside' }]],
    ['an absolute link', [{ name: 'link', type: '2', link: '/etc' }]],
    ['a link that leads up behind another link', [{ name: 'd/', type: '5' }, { name: 'd/e', type: '2', link: '../d' }, { name: 'out', type: '2', link: 'd/e/../../..' }]],
    ['a file written through a link', [{ name: 'link', type: '2', link: 'dir' }, { name: 'link/evil', content: 'x' }]],
    ['a hard link to the outside', [{ name: 'evil', type: '1', link: '../../etc/passwd' }]],
    ['a hard link to a link', [{ name: 'a', type: '2', link: 'b' }, { name: 'c', type: '1', link: 'a' }]],
    ['a file in place of a folder', [{ name: 'a/', type: '5' }, { name: 'a', content: 'x' }]],
    ['a folder below a file', [{ name: 'a', content: 'x' }, { name: 'a/b', content: 'x' }]],
    ['a size that is not there', [{ name: 'a', content: 'x', bytes: 100_000 }]],
  ]

  it.each(refused)('%s is refused', async (_, entries) => {
    await expect(extracted(entries)).rejects.toMatchObject({ code: expect.stringMatching(/^artifact_(refused|invalid)$/) })
    expect(existsSync(join(folder, 'evil')) || existsSync('/tmp/evil')).toBe(false)
  })

  it('a link that stays inside is kept, and a file that follows one of the same name replaces it', async () => {
    const to = await extracted([{ name: 'd/f', content: 'x' }, { name: 'l', type: '2', link: 'd/f' }, { name: 'd/up', type: '2', link: '../d/f' }, { name: 'r', type: '2', link: 'd' }, { name: 'r', content: 'file' }])
    expect(readlinkSync(join(to, 'l'))).toBe('d/f')
    expect(readFileSync(join(to, 'd', 'up'), 'utf8')).toBe('x')
    expect(readFileSync(join(to, 'r'), 'utf8')).toBe('file')
  })

  it('devices and pipes are left out, and set-user-id bits are dropped', async () => {
    const to = await extracted([{ name: 'null', type: '3' }, { name: 'pipe', type: '6' }, { name: 'suid', content: 'x', mode: 0o4755 }])
    expect(readdirSync(to)).toEqual(['suid'])
    expect(lstatSync(join(to, 'suid')).mode & 0o7777).toBe(0o755)
  })

  it('stops at the limit of bytes and of entries, whatever the headers promise', async () => {
    const zeros = Buffer.alloc(1_000_000).toString('latin1')
    await expect(extracted([{ name: 'bomb', content: zeros }], new Allowance({ bytesMax: 100_000 }))).rejects.toMatchObject({ code: 'artifact_too_large' })
    const many = Array.from({ length: 50 }, (_, index) => ({ name: `f${index}`, content: '' }))
    await expect(extracted(many, new Allowance({ entriesMax: 20 }))).rejects.toMatchObject({ code: 'artifact_too_large' })
  })

  it('refuses zip entries that lead out, lie about their size, or are damaged', async () => {
    const base = fresh()
    mkdirSync(join(base, 'src'))
    writeFileSync(join(base, 'src', 'aaaa'), 'x'.repeat(5000))
    await writeBounded(packed(join(base, 'src', 'aaaa'), { kind: 'zip' }), join(base, 'good.zip'), plenty())
    const good = readFileSync(join(base, 'good.zip'))
    const central = good.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]))
    const variant = async (change: (bytes: Buffer) => void): Promise<void> => {
      const bytes = Buffer.from(good)
      change(bytes)
      const to = fresh()
      writeFileSync(join(base, 'bad.zip'), bytes)
      await extractZip(join(base, 'bad.zip'), to, plenty())
    }
    await expect(variant((bytes) => bytes.write('../a', central + 46))).rejects.toMatchObject({ code: 'artifact_refused' })
    await expect(variant((bytes) => bytes.writeUInt32LE(10, central + 24))).rejects.toMatchObject({ code: 'artifact_invalid' })
    await expect(variant((bytes) => bytes.writeUInt32LE(1, central + 16))).rejects.toMatchObject({ code: 'artifact_invalid' })
    await expect(variant((bytes) => bytes.writeUInt32LE(0xfffffff, central + 42))).rejects.toMatchObject({ code: 'artifact_invalid' })
    await expect(variant(() => undefined)).resolves.toBeUndefined()
  })

  it('names are normal or refused', () => {
    expect(normalName('./a//b/.')).toBe('a/b')
    for (const name of ['..', 'a/..', '/a', 'a\0b', 'x/'.repeat(300)]) expect(() => normalName(name)).toThrow(/illegal file path/)
  })
})
