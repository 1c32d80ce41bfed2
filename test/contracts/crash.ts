// Owns what must hold when a process dies, the disk is full or a flush fails: whatever was acknowledged is there, in order, once.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EngineName, openState, type State } from '@tiphys/shell/adapters/sqlite'
import { StorageError } from '@tiphys/shell/ports'
import { afterEach, describe, expect, it } from 'vitest'
import { childArguments, killedAfter, noteAll, projectRoot, provenLength, runsPerProcess } from './crash-kit.ts'
import { newRun, valueOf } from './run-log-kit.ts'


export function crashContract(engine: EngineName): void {
  describe(`Crashes: ${engine}`, () => {
    const directories: string[] = []
    const mounts: string[] = []

    afterEach(() => {
      // One engine lets go of its files only when its memory is collected, so the mount goes as soon as they do.
      for (const path of mounts.splice(0)) execFileSync('umount', ['-l', path])
      for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true })
    })

    function newDirectory(): string {
      const directory = mkdtempSync(join(tmpdir(), 'tiphys-crash-'))
      directories.push(directory)
      return directory
    }

    function open(directory: string, owner = 'checker'): State {
      return openState(directory, { engine, owner: { id: owner, info: '' }, now: () => 0, busyTimeoutMs: 20_000 })
    }

    it('kill -9 at any instant loses nothing that was acknowledged', async () => {
      const directory = newDirectory()
      const acknowledged = new Map<string, number>()
      for (let round = 0; round < 4; round++) {
        const lines = await killedAfter({ place: directory, engine, owner: `p${round}`, from: `p${round - 1}` }, 30 + round * 301)
        noteAll(acknowledged, lines)
        const state = open(directory)
        for (const [uid, seq] of acknowledged) expect(await provenLength(state, uid)).toBeGreaterThanOrEqual(seq)
        state.close()
      }
      expect(acknowledged.size).toBe(runsPerProcess)
    })

    it('several processes write one new store at the same time, each its own runs, until they are killed', async () => {
      const directory = newDirectory()
      const processes = ['x', 'y', 'z', 'v'].map((prefix) => killedAfter({ place: directory, engine, owner: prefix, from: '', prefix }, 300))
      const acknowledged = new Map<string, number>()
      for (const lines of await Promise.all(processes)) noteAll(acknowledged, lines)
      expect(acknowledged.size).toBe(processes.length * runsPerProcess)
      const state = open(directory)
      for (const [uid, seq] of acknowledged) expect(await provenLength(state, uid)).toBeGreaterThanOrEqual(seq)
      state.close()
    })

    it.skipIf(!canMount())('a full disk refuses, loses nothing, and takes records again when there is space', async () => {
      const directory = newDirectory()
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', directory])
      mounts.push(directory)
      const ballast = join(directory, 'ballast')
      writeFileSync(ballast, Buffer.alloc(1024 * 1024))
      const state = open(directory)
      valueOf(await state.log.create(newRun('a')))
      const refusal = await fillUp(state)
      expect(refusal.error).toMatchObject({ code: 'full' })
      expect(valueOf(await state.log.load('a')).records).toHaveLength(refusal.seq)
      rmSync(ballast)
      expect(valueOf(await state.log.append('a', refusal.seq, { record: bulk(refusal.seq) })).seq).toBe(refusal.seq + 1)
      expect(valueOf(await state.log.load('a')).records).toEqual(Array.from({ length: refusal.seq + 1 }, (_, seq) => bulk(seq)))
      state.close()
      const again = open(directory)
      expect(valueOf(await again.log.load('a')).records).toHaveLength(refusal.seq + 1)
      again.close()
    })

    it.skipIf(!canTrace())('a flush that fails is refused, and what came before is there', async () => {
      const directory = newDirectory()
      const inject = ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=fsync,fdatasync', '-e', 'inject=fsync,fdatasync:error=EIO:when=40+']
      const result = spawnSync('strace', [...inject, process.execPath, ...childArguments({ place: directory, engine, owner: 'traced', from: '' })], { cwd: projectRoot, encoding: 'utf8', timeout: 60_000 })
      const lines = result.stdout.split('\n')
      expect([result.status, lines.filter((line) => line.startsWith('refused')).slice(0, 1)]).toEqual([3, ['refused io']])
      const acknowledged = new Map<string, number>()
      noteAll(acknowledged, lines)
      expect(acknowledged.size).toBe(runsPerProcess)
      const state = open(directory)
      for (const [uid, seq] of acknowledged) expect(await provenLength(state, uid)).toBeGreaterThanOrEqual(seq)
      state.close()
    })
  })
}

function bulk(seq: number): string {
  return JSON.stringify({ seq, filler: 'x'.repeat(4000) })
}

async function fillUp(state: State): Promise<{ readonly seq: number; readonly error: unknown }> {
  for (let seq = 0; seq < 10_000; seq++) {
    try {
      valueOf(await state.log.append('a', seq, { record: bulk(seq) }))
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      return { seq, error }
    }
  }
  throw new Error('the disk never was full')
}

function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const directory = mkdtempSync(join(tmpdir(), 'tiphys-mount-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory]).status === 0
  if (mounted) spawnSync('umount', [directory])
  rmSync(directory, { recursive: true, force: true })
  return mounted
}

function canTrace(): boolean {
  return process.platform === 'linux' && spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', 'true']).status === 0
}
