// Artifacts are served from where the workflow says they are, and from nowhere else.
import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { ArgoFileOperation } from '@tiphys/core/api'
import type { Artifact } from '@tiphys/core/spec'
import { type ArtifactResult, type ArtifactStore } from '@tiphys/shell/ports'
import type { Caller } from './access.ts'
import type { RawAnswer } from './answer.ts'
import { artifactFiles } from './artifacts.ts'
import type { ArgoServices } from './services.ts'

const FILES: Readonly<Record<string, string>> = { 'runs/report.csv': 'a,b\n', 'runs/tree/a.txt': 'first', 'runs/tree/sub/b.json': '{}', 'runs/tree/<i>.txt': 'x', 'runs/site/index.html': '<p>', 'secret/key': 's3cret' }

const artifact = (name: string, key: string): Artifact => ({ name, s3: { key } })
const nodes = {
  wf: {
    inputs: { artifacts: [{ name: 'given', raw: { data: 'raw text' } }] },
    outputs: { artifacts: [artifact('report', 'runs/report.csv'), artifact('tree', 'runs/tree'), artifact('site', 'runs/site/'), artifact('gone', 'runs/gone'), artifact('odd', 'runs/"x"\r\ny')] },
  },
}
const WORKFLOW = { metadata: { namespace: 'argo', name: 'wf', uid: 'u' }, status: { nodes } }

const missing = { ok: false, problem: { code: 'artifact_not_found', message: 'none' } } as const
const keyOf = ({ s3, raw }: Artifact): string => (raw === undefined ? (s3?.key ?? '').replace(/\/$/, '') : '')

const store = {
  open: async (wanted: Artifact): Promise<ArtifactResult<{ stream: AsyncIterable<Uint8Array> }>> => {
    const key = keyOf(wanted)
    const text = wanted.raw?.data ?? (key.startsWith('runs/"') ? 'odd' : FILES[key])
    if (Object.keys(FILES).some((name) => name.startsWith(`${key}/`))) return { ok: false, problem: { code: 'artifact_unsupported', message: 'a folder' } }
    return text === undefined ? missing : { ok: true, value: { stream: (async function* () { yield Buffer.from(text) })() } }
  },
  list: async (wanted: Artifact) => ({ ok: true, value: Object.keys(FILES).filter((name) => name.startsWith(keyOf(wanted))).map((key) => ({ key, bytes: 1 })) }),
  isDirectory: async (wanted: Artifact) => ({ ok: true, value: Object.keys(FILES).some((name) => name.startsWith(`${keyOf(wanted)}/`)) }),
} as unknown as ArtifactStore

const services = {
  artifacts: store,
  workflows: {
    summary: async (namespace: string, name: string) => (namespace === 'argo' && name === 'wf' ? { ok: true, value: {} } : { ok: false, problem: { code: 'not_found', message: '' } }),
    whole: async () => ({ ok: true, value: WORKFLOW }),
  },
  archive: { get: async (uid: string) => (uid === 'u' ? JSON.stringify(WORKFLOW) : undefined) },
} as unknown as ArgoServices

const OPERATIONS: Readonly<Record<string, ArgoFileOperation>> = {
  artifacts: 'GetOutputArtifact', 'input-artifacts': 'GetInputArtifact', 'artifacts-by-uid': 'GetOutputArtifactByUID', 'input-artifacts-by-uid': 'GetInputArtifactByUID', 'artifact-files': 'GetArtifactFile',
}
const ANYBODY: Caller = { subject: '', readOnly: false, namespaces: undefined }

async function ask(url: string, caller = ANYBODY): Promise<RawAnswer & { readonly text: string }> {
  const [path = '', search = ''] = url.split('?')
  const [, first = '', ...segments] = path.split('/')
  const operation = OPERATIONS[first] ?? 'GetArtifactFile'
  const handler = artifactFiles[operation]
  if (handler === undefined) throw new Error(`nothing serves ${url}`)
  const answer = await handler({ operation, segments, query: new URLSearchParams(search), caller, request: { url } as IncomingMessage, signal: new AbortController().signal }, services)
  const chunks: string[] = []
  if (typeof answer.body === 'string') chunks.push(answer.body)
  else if (answer.body !== undefined && !(answer.body instanceof Uint8Array)) for await (const chunk of answer.body) chunks.push(Buffer.from(chunk).toString())
  return { ...answer, text: chunks.join('') }
}

const INSIDE = '/artifact-files/argo/workflows/wf/wf/outputs'

describe('artifacts', () => {
  it.each([
    ['/artifacts/argo/wf/wf/report', 'a,b\n'], ['/artifacts-by-uid/u/wf/report', 'a,b\n'], ['/input-artifacts/argo/wf/wf/given', 'raw text'], ['/input-artifacts-by-uid/u/wf/given', 'raw text'],
    [`${INSIDE}/report`, 'a,b\n'], ['/artifact-files/argo/archived-workflows/u/wf/outputs/report', 'a,b\n'], [`${INSIDE}/tree/a.txt`, 'first'], [`${INSIDE}/tree/sub/b.json`, '{}'],
    [`${INSIDE}/tree/./sub//b.json`, '{}'], [`${INSIDE}/tree/sub%2Fb.json`, '{}'],
  ])('%s is a file in a sandbox', async (url, text) => {
    const answer = await ask(url)
    expect(answer).toMatchObject({ status: 200, text, headers: { 'Content-Security-Policy': expect.stringMatching(/^sandbox allow-same-origin; .*default-src 'none'/), 'X-Frame-Options': 'SAMEORIGIN' } })
  })

  it.each([
    `${INSIDE}/tree/../report`, `${INSIDE}/tree/..%2Freport`, `${INSIDE}/tree/%2e%2e/report`, `${INSIDE}/tree/%2e%2e%2f%2e%2e%2fsecret/key`, `${INSIDE}/tree/sub/../../../secret/key`, `${INSIDE}/tree/a%00`,
    `${INSIDE}/tree/..`, '/artifacts/argo/wf/wf', '/artifacts-by-uid/u/wf', '/artifact-files/argo/workflows/wf', '/artifact-files/argo/workflows/wf/wf/sideways/report',
    '/artifact-files/argo/elsewhere/wf/wf/outputs/report', '/artifact-files/other/archived-workflows/u/wf/outputs/report', '/artifacts/argo/wf/wf/%',
  ])('%s is no way to anything', async (url) => expect(await ask(url)).toMatchObject({ status: 400, text: 'Bad Request\n' }))

  it.each([
    '/artifacts/argo/nobody/wf/report', '/artifacts/argo/wf/nonode/report', '/artifacts/argo/wf/wf/nosuch', '/artifacts/argo/wf/wf/gone', '/artifacts/argo/wf/constructor/report', '/artifacts/argo/wf/wf/report/more',
    '/artifacts-by-uid/v/wf/report', '/artifact-files/argo/workflows/nobody/wf/outputs/report', `${INSIDE}/tree/none`, `${INSIDE}/gone/`, `${INSIDE}/tree/a.txt/`, '/artifact-files/argo/workflows/wf/wf/inputs/given/more',
  ])('%s is not there', async (url) => expect(await ask(url)).toMatchObject({ status: 404, text: 'Not Found\n' }))

  it('that are folders are listed, with their names as text', async () => {
    expect(await ask(`${INSIDE}/tree?x=1`)).toMatchObject({ status: 307, headers: { Location: `${INSIDE}/tree/?x=1` } })
    const { status, text } = await ask(`${INSIDE}/tree/`)
    expect([status, text]).toEqual([200, '<html><body><ul>\n<li><a href="..">..</a></li>\n<li><a href="./a.txt">a.txt</a></li>\n<li><a href="./sub/">sub/</a></li>\n<li><a href="./%3Ci%3E.txt">&lt;i&gt;.txt</a></li>\n</ul></body></html>'])
    expect(await ask(`${INSIDE}/site/`)).toMatchObject({ status: 307, headers: { Location: `${INSIDE}/site/index.html` } })
    expect(await ask('/artifacts/argo/wf/wf/tree')).toMatchObject({ status: 501 })
  })

  it('have the names and types of their keys, and no name breaks out of its header', async () => {
    expect(await ask(`${INSIDE}/report`)).toMatchObject({ headers: { 'Content-Disposition': 'filename="report.csv"', 'Content-Type': 'text/csv; charset=utf-8' } })
    expect(await ask('/input-artifacts/argo/wf/wf/given')).toMatchObject({ headers: { 'Content-Disposition': 'filename="."', 'Content-Type': '' } })
    expect(await ask(`${INSIDE}/odd`)).toMatchObject({ headers: { 'Content-Disposition': 'filename="_x___y"' } })
  })

  it('found by uid are those of a namespace that the caller may read', async () => {
    const limited: Caller = { subject: 'x', readOnly: true, namespaces: ['other'] }
    expect(await ask('/artifacts-by-uid/u/wf/report', limited)).toMatchObject({ status: 401 })
    expect(await ask('/artifacts-by-uid/u/wf/report', { ...limited, namespaces: ['argo'] })).toMatchObject({ status: 200 })
  })
})
