// Folders that stand for buckets: apart by kind and name, told once, and honest about what they do not have.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { Artifact } from '@tiphys/core/spec'
import type { ArtifactContext } from '@tiphys/shell/ports'
import { type StandIn, createBucketStore, standInText, tellingOfRepository } from './bucket-store.ts'
import { createLocalArtifactStore } from './local-store.ts'
import { routeArtifacts } from './router.ts'

const root = mkdtempSync(join(tmpdir(), 'tiphys-buckets-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const context: ArtifactContext = { namespace: 'default', secret: () => Promise.resolve(undefined) }
const s3 = (bucket: string, key: string): Artifact => ({ name: 'a', s3: { endpoint: 's3.example.com', bucket, key }, archive: { none: {} } })

let count = 0
let told: StandIn[] = []
beforeEach(() => { told = [] })

function open() {
  const folder = join(root, `store${count++}`)
  const repository = createLocalArtifactStore(folder)
  const buckets = createBucketStore({ folder, repository, onStandIn: (standIn) => told.push(standIn) })
  return { folder, repository, store: tellingOfRepository(routeArtifacts({ repository, drivers: { s3: buckets, gcs: buckets } }), folder, (standIn) => told.push(standIn)) }
}

function file(text: string): string {
  const path = join(root, `file${count++}`)
  writeFileSync(path, text)
  return path
}

describe('folders that stand for buckets', () => {
  it('keeps the same key of two buckets apart, and tells of each once', async () => {
    const { folder, store } = open()
    for (const [bucket, text] of [['raw', 'one'], ['clean', 'two'], ['raw', 'three']] as const) {
      expect(await store.save({ artifact: s3(bucket, 'data.csv'), from: file(text) }, context)).toEqual({ ok: true, value: s3(bucket, 'data.csv') })
    }
    const to = join(root, `to${count++}`)
    expect(await store.load({ artifact: s3('clean', 'data.csv'), to }, context)).toMatchObject({ ok: true })
    expect(readFileSync(to, 'utf8')).toBe('two')
    expect(told.map(({ kind, bucket }) => [kind, bucket])).toEqual([['s3', 'raw'], ['s3', 'clean']])
    expect(standInText(told[0] as StandIn)).toContain(join(folder, 'buckets', 's3', 'raw'))
  })

  it('finds in the repository what was saved there by its key alone', async () => {
    const { store } = open()
    await store.save({ artifact: { name: 'a', s3: { key: 'k' }, archive: { none: {} } }, from: file('text') }, context)
    const to = join(root, `to${count++}`)
    expect(await store.load({ artifact: s3('mine', 'k'), to }, context)).toMatchObject({ ok: true })
  })

  it('says where to put what a bucket does not have', async () => {
    const { folder, store } = open()
    const missing = await store.load({ artifact: { name: 'a', gcs: { bucket: 'data', key: 'in/x' } }, to: join(root, 'nowhere') }, context)
    expect(missing).toMatchObject({ ok: false, problem: { code: 'artifact_not_found', message: expect.stringContaining('GCS bucket "data"') } })
    expect(JSON.stringify(missing)).toContain(join(folder, 'buckets', 'gcs', 'data', 'plain'))
  })

  it('takes no name of a bucket for a path', async () => {
    const { folder, store } = open()
    for (const bucket of ['..', '../../x', '.', 'a/b']) expect(await store.save({ artifact: s3(bucket, 'k'), from: file('x') }, context)).toMatchObject({ ok: true })
    for (const standIn of told) expect(standIn.folder.startsWith(join(folder, 'buckets', 's3') + '/')).toBe(true)
    expect(new Set(told.map((standIn) => standIn.folder)).size).toBe(4)
  })

  it('tells of a repository elsewhere, whose artifacts lie in the default one', async () => {
    const { folder, repository, store } = open()
    const elsewhere: ArtifactContext = { ...context, repository: { s3: { endpoint: 'e', bucket: 'team', key: 'x' } } }
    const artifact: Artifact = { name: 'a', s3: { key: 'k' }, archive: { none: {} } }
    for (const _ of [1, 2]) await store.save({ artifact, from: file('text') }, elsewhere)
    expect(told).toMatchObject([{ kind: 's3', bucket: 'team', folder }])
    expect(await repository.isDirectory(artifact, context)).toEqual({ ok: true, value: false })
  })

  it('says nothing of the repository of one machine', async () => {
    const { store } = open()
    await store.save({ artifact: { name: 'a', s3: { key: 'k' } }, from: file('text') }, { ...context, repository: { s3: { endpoint: 'local', bucket: 'local', key: 'x' } } })
    expect(told).toEqual([])
  })

  it('gives a folder as one archive to whoever asks for its bytes', async () => {
    const { store } = open()
    const from = join(root, `tree${count++}`)
    mkdirSync(from)
    writeFileSync(join(from, 'f'), 'inside')
    const artifact: Artifact = { name: 'a', s3: { key: 'wf/pod/tree' }, archive: { none: {} } }
    await store.save({ artifact, from }, context)
    expect(await store.open(artifact, context)).toMatchObject({ ok: true, value: { isFolder: true } })
  })
})
