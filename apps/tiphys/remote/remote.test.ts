// Checks how requests, logs, kubeconfigs and failures read, and the choice of a server, against small servers of its own.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type RequestListener, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { argoTree, beforeCommand } from '../commands/compat.ts'
import { root } from '../commands/index.ts'
import { execute } from '../flags/index.ts'
import { pathTo } from './connection.ts'
import { datedLine, logLine } from './go-log.ts'
import { kubeContext, kubeProblem } from './kubeconfig.ts'
import { queryText } from './query.ts'

describe('queries', () => {
  it('leave out what is empty, join nested names by dots, and are sorted', () => {
    expect(queryText({ name: '', b: 'x y', a: { labelSelector: 'k in (a,b)', limit: 0, continue: 'c', force: true }, none: undefined })).toBe('a.continue=c&a.force=true&a.labelSelector=k+in+%28a%2Cb%29&b=x+y')
  })

  it('paths keep their parts apart', () => expect(pathTo`/api/v1/workflows/${'a/b'}/${'@latest'}`).toBe('/api/v1/workflows/a%2Fb/@latest'))
})

describe('lines of logs', () => {
  it('quote what has blanks', () => {
    expect(logLine(0, 'WARN', 'Object is not of kind Workflow', { name: 'made', none: '', index: 3 })).toBe('time=1970-01-01T00:00:00.000Z level=WARN msg="Object is not of kind Workflow" name=made none="" index=3')
  })

  it('or begin with a date', () => expect(datedLine(new Date(2026, 0, 2, 3, 4, 5).getTime(), 'gone')).toBe('2026/01/02 03:04:05 gone'))
})

interface Asked { readonly method: string; readonly url: string; readonly headers: Readonly<Record<string, unknown>>; readonly body: string }

const folder = mkdtempSync(join(tmpdir(), 'tiphys-remote-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('kubeconfigs', () => {
  const file = join(folder, 'kubeconfig')
  beforeAll(() => writeFileSync(file, `
current-context: here
contexts: [{name: here, context: {namespace: team, user: me}}, {name: there, context: {user: you}}]
users: [{name: me, user: {token: secret}}, {name: you, user: {username: u, password: p}}]
`))

  it.each([
    ['', { namespace: 'team', token: 'secret', username: undefined, password: undefined }],
    ['there', { namespace: undefined, token: undefined, username: 'u', password: 'p' }],
    ['nowhere', { namespace: undefined, token: undefined, username: undefined, password: undefined }],
  ])('the context %j', (context, expected) => expect(kubeContext({ file, context, user: '', env: {} })).toEqual(expected))

  it('are found by the environment, and need not be there', () => {
    expect(kubeContext({ file: '', context: '', user: '', env: { KUBECONFIG: `/nowhere:${file}` } }).namespace).toBe('team')
    expect(kubeContext({ file: '', context: '', user: '', env: { KUBECONFIG: '/nowhere' } }).namespace).toBeUndefined()
  })

  it('cannot be used without what was asked of them', () => {
    const problem = (choice: Partial<Parameters<typeof kubeProblem>[0]>): string | undefined => kubeProblem({ file, context: '', user: '', cluster: '', env: {}, ...choice })
    const broken = join(folder, 'broken')
    writeFileSync(broken, 'a:\n  - [\n')
    expect([problem({}), problem({ context: 'there' }), problem({ file: '', env: { KUBECONFIG: '/nowhere' } })]).toEqual([undefined, undefined, undefined])
    expect(problem({ file: '/nowhere' })).toBe('stat /nowhere: no such file or directory')
    expect(problem({ file: folder })).toBe(`error loading config file "${folder}": read ${folder}: is a directory`)
    expect(problem({ file: '', env: { KUBECONFIG: `${file}:${broken}` } })).toMatch(/^error loading config file ".*broken": yaml: line \d: did not find expected/)
    expect(problem({ context: 'nowhere' })).toBe('invalid configuration: context was not found for specified context: nowhere')
    expect(problem({ cluster: 'none' })).toBe('invalid configuration: no server found for cluster "none"')
  })
})

describe('commands that ask a server', () => {
  const asked: Asked[] = []
  let close = (): void => undefined
  afterEach(() => {
    asked.length = 0
    close()
  })

  const serve = async (answer: (asked: Asked) => { readonly status?: number; readonly body: string; readonly broken?: boolean; readonly location?: string }): Promise<string> => {
    const listener: RequestListener = (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() }
        asked.push(one)
        const { status = 200, body, broken = false, location } = answer(one)
        response.writeHead(status, { 'content-type': 'application/json', ...(location === undefined ? {} : { location }) })
        if (broken) response.write(body, () => response.destroy())
        else response.end(body)
      })
    }
    const server = createServer(listener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    close = () => server.close()
    return `127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  const call = async (args: readonly string[], env: Readonly<Record<string, string>>, argo = false): Promise<{ exit: number; out: string; err: string }> => {
    const [out, err]: [string[], string[]] = [[], []]
    const streams = { stdout: (text: string) => void out.push(text), stderr: (text: string) => void err.push(text), env: { KUBECONFIG: '/nowhere', TERM: 'dumb', TIPHYS_DATA_DIR: join(folder, 'data'), ...env }, stdin: async () => '' }
    const exit = await execute({ root: argo ? argoTree(root) : root, before: beforeCommand }, argo ? ['--compat', 'argo', ...args] : args, streams)
    return { exit, out: out.join(''), err: err.join('') }
  }

  const server = (host: string): Record<string, string> => ({ ARGO_SERVER: host, ARGO_SECURE: 'false', ARGO_TOKEN: 'Bearer t' })

  it('send token, headers and base path', async () => {
    const host = await serve(() => ({ body: '{"items":null}' }))
    const env = { ...server(host), ARGO_BASE_HREF: '/argo/' }
    expect(await call(['list', '-n', 'ns', '-H', 'X-One: 1', '-o', 'name'], env)).toEqual({ exit: 0, out: 'No workflows found\n', err: '' })
    expect(asked[0]).toMatchObject({ method: 'GET', headers: { authorization: 'Bearer t', 'x-one': '1' } })
    expect(asked[0]?.url).toMatch(/^\/argo\/api\/v1\/workflows\/ns\?fields=metadata%2Citems.metadata.name/)
  })

  it('go where the server sends them, and keep the token from strangers', async () => {
    let other = ''
    const host = await serve(({ url }) => (url.startsWith('/api') ? { status: 307, body: '', location: `/moved${url}` } : url.startsWith('/moved') ? { status: 308, body: '', location: `${other}/there` } : { body: '{"items":null}' }))
    other = `http://localhost:${host.split(':')[1] ?? ''}`
    expect((await call(['list', '-n', 'ns', '-o', 'name'], server(host))).out).toBe('No workflows found\n')
    expect(asked.map(({ url }) => url.split('?')[0])).toEqual(['/api/v1/workflows/ns', '/moved/api/v1/workflows/ns', '/there'])
    expect(asked.map(({ headers }) => headers['authorization'])).toEqual(['Bearer t', 'Bearer t', undefined])
  })

  it('tell settings that cannot be used in their own words or in those of the reference', async () => {
    const host = await serve(() => ({ body: '{"items":null}' }))
    expect((await call(['list'], { ...server(host), ARGO_SECURE: 'x' })).err).toBe('Error: ARGO_SECURE: invalid argument "x" for "-e, --secure" flag: strconv.ParseBool: parsing "x": invalid syntax\n')
    expect((await call(['list'], { ...server(host), ARGO_SECURE: 'x' }, true)).err).toMatch(/^time=\S+ level=ERROR msg="Failed to set flag" error="invalid argument .*"\n$/)
    expect((await call(['list', '--context', 'x'], server(host))).err).toBe('Error: the kubeconfig cannot be used, and no namespace is given: invalid configuration: context was not found for specified context: x\n')
    expect((await call(['list', '--context', 'x'], server(host), true)).err).toMatch(/^time=\S+ level=ERROR msg="Failed to get namespace" error="invalid configuration: context was not found for specified context: x"\n$/)
    expect((await call(['list', '--log-format', 'xml'], server(host), true)).err).toContain('"error":"invalid log type: xml"')
    expect((await call(['cron', '--loglevel', 'x'], server(host), true))).toMatchObject({ exit: 1, out: '', err: expect.stringContaining('invalid log level: x') })
    expect((await call(['version', '--argo-base-href', 'x'], server('here:1'), true)).err).toBe('Error: parse "http://here:1x/api/v1/version?": invalid port ":1x" after host\n')
    expect((await call(['version'], server('not here'), true)).err).toBe('Error: parse "http://not here/api/v1/version?": invalid character " " in host name\n')
    expect((await call(['version'], server('not here'))).err).toBe('Error: the address of the server cannot be read: http://not here\n')
    expect(asked).toEqual([])
    expect((await call(['list', '--context', 'x', '-n', 'ns', '--loglevel', 'WARN'], { ...server(host), ARGO_HTTP1: 'x' }, true)).exit).toBe(0)
    // The reference takes a namespace that is set to nothing for all of them.
    await call(['list', '-o', 'name'], { ...server(host), ARGO_NAMESPACE: '' })
    expect(asked.map(({ url }) => url.split('?')[0])).toEqual(['/api/v1/workflows/ns', '/api/v1/workflows/'])
  })

  it('follow pages, and list each workflow once', async () => {
    const item = (name: string): object => ({ metadata: { name, uid: name, creationTimestamp: '2026-01-01T00:00:00Z' }, spec: {} })
    const host = await serve(({ url }) => ({ body: JSON.stringify(url.includes('continue=2') ? { items: [item('a'), item('b')] } : { metadata: { continue: '2' }, items: [item('a')] }) }))
    expect((await call(['list', '-o', 'name'], server(host))).out).toBe('a\nb\n')
  })

  it('tell refusals in their own words or in those of the reference', async () => {
    const host = await serve(() => ({ status: 404, body: '{"code":5,"message":"workflows \\"x\\" not found"}' }))
    expect((await call(['get', 'x'], server(host))).err).toBe('Error: workflows "x" not found\n')
    expect((await call(['get', 'x'], server(host), true)).err).toBe('Error: rpc error: code = NotFound desc = workflows "x" not found\n')
    expect((await call(['suspend', 'x'], server(host), true)).err).toBe('Error: failed to suspend x: rpc error: code = NotFound desc = workflows "x" not found\n')
  })

  it('tell the message of a stream that begins with a failure', async () => {
    const host = await serve(() => ({ status: 404, body: 'data: {"error":{"grpc_code":5,"message":"no such workflow"}}\n\n' }))
    expect((await call(['logs', 'x'], server(host))).err).toBe('Error: no such workflow\n')
    expect((await call(['logs', 'x'], server(host), true)).err).toMatch(/^Error: rpc error: code = Internal desc = : &\{404 /)
    expect(await call(['wait', 'x', '--ignore-not-found'], server(host))).toMatchObject({ exit: 0 })
    expect(await call(['wait', 'x', '--ignore-not-found'], server(host), true)).toEqual({ exit: 1, out: '', err: '' })
  })

  it('print what steps say, and nothing that is no event', async () => {
    const host = await serve(() => ({ body: ': hello\n\ndata: {"result":{"podName":"p","content":"one"}}\n\ndata: {"result":{"podName":"p","content":"two"}}\n\n' }))
    expect((await call(['logs', 'x', '--tail', '0'], server(host))).out).toBe('p: one\np: two\n')
    expect(asked[0]?.url).toBe('/api/v1/workflows/default/x/log?logOptions.container=main&logOptions.tailLines=0')
  })

  it('wait for a server that starts again, and tell what is no server at all', async () => {
    const event = (status: object): string => `data: ${JSON.stringify({ result: { type: 'MODIFIED', object: { metadata: { name: 'x' }, spec: {}, status } } })}\n\n`
    const host = await serve(() => ({ body: asked.length === 1 ? event({ phase: 'Running' }) : event({ phase: 'Succeeded', finishedAt: '2026-01-01T00:00:00Z' }), broken: asked.length === 1 }))
    expect(await call(['wait', 'x'], server(host))).toEqual({ exit: 0, out: 'x Succeeded at 2026-01-01 00:00:00 +0000 UTC\n', err: '' })
    expect(asked).toHaveLength(2)
    close()
    const other = await serve(() => ({ body: '<html>' }))
    expect((await call(['get', 'x'], server(other))).err).toBe(`Error: what answers at http://${other} is no server of workflows\n`)
    expect((await call(['get', 'x'], server(other), true)).err).toBe("Error: invalid character '<' looking for beginning of value\n")
  })

  it('say that nobody listens', async () => {
    const env = { ...server('127.0.0.1:1') }
    expect((await call(['get', 'x'], env)).err).toBe('Error: the server http://127.0.0.1:1 cannot be reached: nothing listens there\n')
    expect((await call(['get', 'x'], env, true)).err).toBe('Error: Get "http://127.0.0.1:1/api/v1/workflows/default/x?": dial tcp 127.0.0.1:1: connect: connection refused\n')
  })

  it('say that a server does not speak TLS', async () => {
    const host = await serve(() => ({ body: '{}' }))
    const { ARGO_SECURE: _, ...env } = server(host)
    expect((await call(['get', 'x'], env)).err).toBe(`Error: the server https://${host} cannot be reached: it does not speak TLS: ARGO_SECURE=false or --secure=false asks without\n`)
    expect((await call(['get', 'x'], env, true)).err).toBe(`Error: Get "https://${host}/api/v1/workflows/default/x?": http: server gave HTTP response to HTTPS client\n`)
  })

  it('need a token and a server', async () => {
    expect((await call(['get', 'x'], { ARGO_SERVER: '127.0.0.1:1' })).err).toContain('no token for the server')
    expect((await call(['template', 'list'], {})).err).toContain('this needs a server')
  })

  it('send what flags set', async () => {
    writeFileSync(join(folder, 'wf.yaml'), 'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {generateName: a-}\nspec: {entrypoint: main, templates: [{name: main, suspend: {}}]}\n')
    const host = await serve(() => ({ body: '{"metadata":{"name":"a-1"},"spec":{}}' }))
    expect((await call(['submit', join(folder, 'wf.yaml'), '-p', 'x=1', '--priority', '3', '-l', 'a=b', '-o', 'name'], server(host))).out).toBe('a-1\n')
    expect(JSON.parse(asked[0]?.body ?? '')).toMatchObject({
      namespace: 'default', workflow: { kind: 'Workflow', metadata: { generateName: 'a-', namespace: 'default', labels: { a: 'b' } }, spec: { priority: 3, arguments: { parameters: [{ name: 'x', value: '1' }] } } },
    })
  })

  it('pass over what is no workflow, and say so as flags want it', async () => {
    const file = join(folder, 'template.yaml')
    writeFileSync(file, 'apiVersion: argoproj.io/v1alpha1\nkind: WorkflowTemplate\nmetadata: {name: made}\nspec: {}\n')
    const host = await serve(() => ({ body: '{}' }))
    const nothing = 'Error: no workflow found in given files\n'
    expect((await call(['submit', file], server(host))).err).toBe(`passed over "made": it is no Workflow\n${nothing}`)
    expect((await call(['submit', file], server(host), true)).err).toMatch(/^time=\S+ level=WARN msg="Object is not of kind Workflow. Ignoring..." name=made\n/)
    expect((await call(['submit', file, '--log-format', 'json'], server(host), true)).err).toMatch(/^\{"time":"[^"]+","level":"WARN","msg":"Object is not of kind Workflow. Ignoring...","name":"made"\}\n/)
    expect((await call(['submit', file, '--loglevel', 'error'], server(host), true)).err).toBe(nothing)
    expect(asked).toEqual([])
  })

  it('convert what is old, and tell what cannot be read', async () => {
    const [old, bad] = [join(folder, 'old.yaml'), join(folder, 'bad.yaml')]
    writeFileSync(old, 'apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nmetadata: {name: c}\nspec: {schedule: "0 1 * * *", workflowSpec: {}}\n---\nb: 1\na: 2\n')
    writeFileSync(bad, 'a: [b\n')
    const done = await call(['convert', old], {})
    expect(done.out).toContain('schedules:\n  - 0 1 * * *\n')
    expect(done.out).toMatch(/---\na: 2\nb: 1\n$/)
    expect((await call(['convert', bad], {})).err).toBe(`Error: error converting ${bad}: failed to parse TypeMeta: error converting YAML to JSON: yaml: line 1: did not find expected ',' or ']'\n`)
    expect((await call(['convert', join(folder, 'none.yaml')], {})).err).toBe(`Error: lstat ${join(folder, 'none.yaml')}: no such file or directory\n`)
  })

  it('build plugins from a folder', async () => {
    const plugin = mkdtempSync(join(folder, 'plugin-'))
    expect((await call(['executor-plugin', 'build', plugin], {})).err).toBe(`Error: open ${plugin}/plugin.yaml: no such file or directory\n`)
    const sidecar = 'automountServiceAccountToken: true, container: {command: [python3], image: "python:3", ports: [{containerPort: 1}], resources: {limits: {cpu: "1"}, requests: {cpu: "1"}}, securityContext: {}}'
    writeFileSync(join(plugin, 'plugin.yaml'), `apiVersion: argoproj.io/v1alpha1\nkind: ExecutorPlugin\nmetadata: {name: hello, annotations: {"workflows.argoproj.io/description": says hello}}\nspec: {sidecar: {${sidecar}}}\n`)
    writeFileSync(join(plugin, 'server.py'), 'print(1)\n')
    const path = join(plugin, 'hello-executor-plugin-configmap.yaml')
    expect(await call(['executor-plugin', 'build', plugin], {})).toEqual({ exit: 0, out: `${path} created\n${join(plugin, 'README.md')} created\n`, err: '' })
    const built = readFileSync(path, 'utf8')
    expect(built).toContain('# This is an auto-generated file. DO NOT EDIT\napiVersion: v1\ndata:\n  sidecar.automountServiceAccountToken: "true"\n')
    expect(built).toContain('workflows.argoproj.io/configmap-type: ExecutorPlugin')
    expect(built).toContain('print(1)')
  })

  it('keep artifacts inside of the folder that was named', async () => {
    const evil = { metadata: { name: 'w', namespace: 'default' }, spec: {}, status: { nodes: { n: { id: 'n', name: 'n', type: 'Pod', outputs: { artifacts: [{ name: '../../../evil', s3: { key: 'a/..' } }] } } } } }
    const host = await serve(({ url }) => ({ body: url.startsWith('/artifacts') ? 'bytes' : JSON.stringify(evil) }))
    expect((await call(['cp', 'w', join(folder, 'out'), '--path', '{artifactName}'], server(host))).err).toContain('would be written outside')
  })
})
