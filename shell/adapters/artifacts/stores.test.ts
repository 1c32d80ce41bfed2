// The artifact stores of one machine: local folder, raw text, web addresses, and the choice among them.
import { createServer, type Server } from 'node:http'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Artifact } from '@tiphys/core/spec'
import type { ArtifactContext, ArtifactStore } from '@tiphys/shell/ports'
import { createHttpArtifactStore, refuseLinkLocal } from './http-store.ts'
import { createLocalArtifactStore } from './local-store.ts'
import { createRawArtifactStore } from './raw-store.ts'
import { routeArtifacts } from './router.ts'
import { withArchives } from './with-archives.ts'

const folder = mkdtempSync(join(tmpdir(), 'tiphys-stores-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let count = 0
const target = (): string => join(folder, `to${count++}`)
const context: ArtifactContext = { namespace: 'default', secret: (name, key) => Promise.resolve(name === 'login' ? key : undefined) }

function value<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: { readonly message: string } }): T {
  if (!result.ok) throw new Error(result.problem.message)
  return result.value
}

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts)
}

describe('local folder', () => {
  const store = createLocalArtifactStore(join(folder, 'local'))
  const at = (key: string, more: Partial<Artifact> = {}): Artifact => ({ name: 'a', s3: { key }, ...more })
  const source = join(folder, 'source')
  beforeAll(() => {
    mkdirSync(join(source, 'sub'), { recursive: true })
    writeFileSync(join(source, 'sub', 'file'), 'text')
  })

  it('gives back what was saved, and the archive to whoever asks for the bytes', async () => {
    value(await store.save({ artifact: at('wf/pod/a.tgz'), from: source }, context))
    const to = target()
    value(await store.load({ artifact: at('wf/pod/a.tgz'), to }, context))
    expect(readFileSync(join(to, 'sub', 'file'), 'utf8')).toBe('text')
    const archive = gunzipSync(await bytesOf(value(await store.open(at('wf/pod/a.tgz'), context)).stream))
    expect(archive.includes('source/sub/file')).toBe(true)
    const asStored = target()
    value(await store.load({ artifact: at('wf/pod/a.tgz', { archive: { none: {} } }), to: asStored }, context))
    expect(readFileSync(asStored).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]))
  })

  it('keeps a folder without archive as files with keys of their own', async () => {
    const artifact = at('plain/dir', { archive: { none: {} } })
    value(await store.save({ artifact, from: source }, context))
    expect(value(await store.isDirectory(artifact, context))).toBe(true)
    expect(value(await store.list(at('plain'), context))).toEqual([{ key: 'plain/dir/sub/file', bytes: 4 }])
    const to = target()
    value(await store.load({ artifact: at('plain/dir/sub/file'), to }, context))
    expect(readFileSync(to, 'utf8')).toBe('text')
  })

  it('shares blocks with a source that nobody changes any more, and never with a consumer', async () => {
    const file = join(folder, 'big')
    writeFileSync(file, 'original')
    value(await store.save({ artifact: at('big'), from: file, mayLink: true }, context))
    expect(statSync(file).nlink).toBe(2)
    const to = target()
    value(await store.load({ artifact: at('big'), to }, context))
    expect(statSync(to).nlink).toBe(1)
  })

  it('replaces what a key held, removes it, and then does not find it', async () => {
    const artifact = at('again', { archive: { none: {} } })
    for (const text of ['one', 'two']) {
      writeFileSync(join(folder, 'again'), text)
      value(await store.save({ artifact, from: join(folder, 'again') }, context))
    }
    expect((await bytesOf(value(await store.open(artifact, context)).stream)).toString()).toBe('two')
    value(await store.remove(artifact, context))
    expect(await store.open(artifact, context)).toMatchObject({ ok: false, problem: { code: 'artifact_not_found' } })
    expect(await store.load({ artifact, to: target() }, context)).toMatchObject({ ok: false, problem: { code: 'artifact_not_found' } })
  })

  it('refuses keys that lead out of its folder', async () => {
    for (const key of ['../../etc/passwd', 'a/../../b', '']) {
      expect(await store.load({ artifact: at(key), to: target() }, context)).toMatchObject({ ok: false })
      expect(await store.save({ artifact: at(key), from: source }, context)).toMatchObject({ ok: false })
    }
    expect(readdirSync(join(folder, 'local', 'incoming'))).toEqual([])
  })
})

describe('raw text', () => {
  it('becomes a file', async () => {
    const to = target()
    value(await createRawArtifactStore().load({ artifact: { name: 'r', raw: { data: 'hello\n' } }, to }, context))
    expect(readFileSync(to, 'utf8')).toBe('hello\n')
  })

  it('is bounded', async () => {
    const limited = { ...context, limits: { bytesMax: 3 } }
    expect(await createRawArtifactStore().load({ artifact: { name: 'r', raw: { data: 'hello' } }, to: target() }, limited)).toMatchObject({ problem: { code: 'artifact_too_large' } })
  })
})

describe('web addresses', () => {
  const seen: { url: string; authorization: string | undefined; body: string }[] = []
  let server: Server
  let base = ''
  const store = createHttpArtifactStore()
  const at = (path: string, more: Partial<NonNullable<Artifact['http']>> = {}): Artifact => ({ name: 'h', http: { url: base + path, ...more } })

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => (body += String(chunk)))
      request.on('end', () => {
        seen.push({ url: request.url ?? '', authorization: request.headers.authorization, body })
        if (request.url === '/file') response.end('content')
        else if (request.url === '/moved') response.writeHead(302, { location: '/file' }).end()
        else if (request.url === '/elsewhere') response.writeHead(302, { location: base.replace('127.0.0.1', 'localhost') + '/file' }).end()
        else if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end()
        else if (request.url === '/metadata') response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end()
        else if (request.url === '/local') response.writeHead(302, { location: 'file:///etc/passwd' }).end()
        else if (request.method === 'PUT') response.writeHead(201).end()
        else response.writeHead(404).end('no such thing')
      })
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const address = server.address()
    base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  })
  afterAll(() => void server.close())

  it('loads through redirects, with headers and basic authentication', async () => {
    const to = target()
    const auth = { basicAuth: { usernameSecret: { name: 'login', key: 'user' }, passwordSecret: { name: 'login', key: 'pass' } } }
    value(await store.load({ artifact: at('/moved', { auth }), to }, context))
    expect(readFileSync(to, 'utf8')).toBe('content')
    expect(seen.at(-1)).toMatchObject({ url: '/file', authorization: `Basic ${Buffer.from('user:pass').toString('base64')}` })
  })

  it('leaves credentials behind when a redirect leads to another host', async () => {
    const headers = [{ name: 'Authorization', value: 'Bearer secret' }]
    value(await store.load({ artifact: at('/elsewhere', { headers }), to: target() }, context))
    expect(seen.at(-1)).toMatchObject({ url: '/file', authorization: undefined })
  })

  it('reports what is missing, and gives up on endless redirects', async () => {
    expect(await store.load({ artifact: at('/none'), to: target() }, context)).toMatchObject({ problem: { code: 'artifact_not_found', message: expect.stringContaining('404: no such thing') } })
    expect(await store.load({ artifact: at('/loop'), to: target() }, context)).toMatchObject({ problem: { code: 'artifact_unreachable' } })
  })

  it('does not go where credentials of the machine are kept, nor to files', async () => {
    expect(await store.load({ artifact: at('/metadata'), to: target() }, context)).toMatchObject({ problem: { code: 'artifact_refused' } })
    expect(await store.load({ artifact: at('/local'), to: target() }, context)).toMatchObject({ problem: { code: 'artifact_refused' } })
    expect(['169.254.1.1', '::ffff:169.254.169.254', 'fe80::1', '0.0.0.0'].some((address) => refuseLinkLocal('h', address))).toBe(false)
    expect(refuseLinkLocal('h', '10.0.0.1')).toBe(true)
    const closed = createHttpArtifactStore({ mayConnect: (_, address) => address !== '127.0.0.1' && address !== '::1' })
    expect(await closed.load({ artifact: at('/file'), to: target() }, context)).toMatchObject({ problem: { code: 'artifact_refused' } })
  })

  it('bounds what it loads', async () => {
    expect(await store.load({ artifact: at('/file'), to: target() }, { ...context, limits: { bytesMax: 3 } })).toMatchObject({ problem: { code: 'artifact_too_large' } })
  })

  it('puts a file, archived as declared', async () => {
    writeFileSync(join(folder, 'put'), 'body')
    value(await store.save({ artifact: { ...at('/put'), archive: { none: {} } }, from: join(folder, 'put') }, context))
    expect(seen.at(-1)).toMatchObject({ url: '/put', body: 'body' })
  })
})

describe('choice of the driver', () => {
  const calls: string[] = []
  const named = (name: string): ArtifactStore => {
    const answer = (): Promise<{ ok: true; value: never }> => {
      calls.push(name)
      return Promise.resolve({ ok: true, value: undefined as never })
    }
    return { load: answer, save: answer, open: answer, remove: answer, list: answer, isDirectory: answer }
  }
  const store = routeArtifacts({ repository: named('repository'), drivers: { raw: named('raw'), s3: named('s3') } })

  it('follows the location, and the default repository has what names only a key', async () => {
    await store.remove({ name: 'a', raw: { data: '' } }, context)
    await store.remove({ name: 'a', s3: { bucket: 'b', endpoint: 'e', key: 'k' } }, context)
    await store.remove({ name: 'a', s3: { key: 'k' } }, context)
    await store.remove({ name: 'a' }, context)
    expect(calls).toEqual(['raw', 's3', 'repository', 'repository'])
    expect(await store.remove({ name: 'a', gcs: { bucket: 'b', key: 'k' } }, context)).toMatchObject({ ok: false, problem: { code: 'artifact_unsupported', message: expect.stringContaining('gcs') } })
  })
})

describe('archives for drivers that move bytes', () => {
  it('packs what is saved and unpacks what is loaded', async () => {
    const bytes = createLocalArtifactStore(join(folder, 'bytes'))
    const plain: ArtifactStore = {
      ...bytes,
      save: ({ artifact, ...rest }, around) => bytes.save({ artifact: { ...artifact, archive: { none: {} } }, ...rest }, around),
      load: ({ artifact, ...rest }, around) => bytes.load({ artifact: { ...artifact, archive: { none: {} } }, ...rest }, around),
    }
    const store = withArchives(plain, join(folder, 'scratch'))
    const from = join(folder, 'packed')
    mkdirSync(from)
    writeFileSync(join(from, 'f'), 'inside')
    for (const archive of [undefined, { zip: {} }, { none: {} }]) {
      const artifact: Artifact = { name: 'p', s3: { key: `k${count}` }, ...(archive === undefined ? {} : { archive }) }
      value(await store.save({ artifact, from }, context))
      const to = target()
      value(await store.load({ artifact, to }, context))
      expect(readFileSync(join(to, 'f'), 'utf8')).toBe('inside')
    }
    expect(readdirSync(join(folder, 'scratch'))).toEqual([])
  })
})
