// The lint command: recorded invocations of the reference under --compat argo, and our own formats.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { execute } from '../flags/index.ts'
import { root } from './index.ts'

const conformance = join(process.env['TIPHYS_CONFORMANCE'] ?? join(import.meta.dirname, '../../../../shared/conformance'), 'cli')
const present = existsSync(join(conformance, 'transcripts.jsonl'))

interface Transcript { readonly id: string; readonly mode: string; readonly args: readonly string[]; readonly exit: number; readonly stdout: string; readonly stderr: string }

async function lint(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const code = await execute({ root }, ['lint', ...args], { stdout: (text) => void (out += text), stderr: (text) => void (err += text), env: { TERM: 'dumb' } })
  return { code, out, err }
}

/** These read the cluster or standard input. */
const OTHERWISE = new Set(['lint-ref', 'lint-stdin', 'lint-stdin-empty'])

const cases = (present ? readFileSync(join(conformance, 'transcripts.jsonl'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Transcript) : [])
  .filter(({ id, mode, args }) => args[0] === 'lint' && mode !== 'server' && !OTHERWISE.has(id))

/** Without a cluster nobody puts the code of a call in front of a message. */
const bare = (text: string): string => text.replace(/rpc error: code = \w+ desc = /g, '').replace(/ +$/gm, '')

describe.skipIf(!present)('lint --compat argo', () => {
  it('knows most recorded invocations', () => expect(cases.length).toBeGreaterThan(15))

  it.each(cases.map((transcript) => [transcript.id, transcript] as const))('%s', async (_, { args, exit, stdout, stderr }) => {
    const absolute = args.slice(1).map((arg) => (existsSync(join(conformance, 'files', arg)) ? join(conformance, 'files', arg) : arg))
    const { code, out, err } = await lint('--compat', 'argo', ...absolute)
    expect(bare(out.replaceAll(`${join(conformance, 'files')}/`, ''))).toBe(bare(stdout))
    expect(code).toBe(exit)
    const message = /^Error: (.*?)(\|.*)?$/m.exec(stderr)?.[1]
    // Our own formats are more than these.
    if (message !== undefined) expect(err).toContain(message.replace(/\|$/, ''))
  })
})

describe('lint', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lint-'))
    writeFileSync(join(folder, 'bad.yaml'), 'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: { name: bad }\nspec:\n  entrypoint: bulid\n  templates:\n    - { name: build, container: { image: busybox } }\n')
    writeFileSync(join(folder, 'good.yaml'), 'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: { name: good }\nspec:\n  entrypoint: build\n  templates:\n    - { name: build, container: { image: busybox, command: [echo] } }\n')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('says where and how to mend it, and fails', async () => {
    const { code, out } = await lint(join(folder, 'bad.yaml'))
    expect(code).toBe(1)
    expect(out).toMatch(/bad\.yaml:5:15 error .*bulid[^]*build/)
    expect(out).not.toContain('\u001b[')
  })

  it('passes what is good', async () => {
    expect(await lint(join(folder, 'good.yaml'))).toMatchObject({ code: 0, out: expect.stringContaining('1 object') })
  })

  it('reports to programs as JSON, SARIF and GitHub annotations', async () => {
    expect(JSON.parse((await lint('-o', 'json', folder)).out)).toMatchObject({ ok: false, objects: 2, findings: [expect.objectContaining({ severity: 'error', line: 5 })] })
    expect(JSON.parse((await lint('-o', 'sarif', folder)).out)).toMatchObject({ version: '2.1.0', runs: [{ tool: { driver: { name: 'tiphys' } } }] })
    expect((await lint('-o', 'github', folder)).out).toMatch(/^::error file=.*bad\.yaml,line=5,col=15/)
  })

  it('refuses kinds that it does not know, and files that are not there', async () => {
    expect(await lint('--kinds', 'pods', folder)).toMatchObject({ code: 1, err: 'Error: unknown kind: pods\n' })
    expect(await lint(join(folder, 'none.yaml'))).toMatchObject({ code: 1, err: expect.stringContaining('does not exist') })
  })
})
