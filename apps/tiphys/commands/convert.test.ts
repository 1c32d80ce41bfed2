// Checks what convert writes and refuses, and commands that need no server although they can ask one.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { execute } from '../flags/index.ts'
import { beforeCommand, argoTree } from './compat.ts'
import { root } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'tiphys-convert-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function call(args: readonly string[], stdin = '', argo = false): Promise<{ readonly exit: number; readonly out: string; readonly err: string }> {
  const [out, err]: [string[], string[]] = [[], []]
  const streams = { stdout: (text: string) => void out.push(text), stderr: (text: string) => void err.push(text), env: { TERM: 'dumb', KUBECONFIG: '/nowhere', TIPHYS_DATA_DIR: join(folder, 'data') }, stdin: async () => stdin }
  const exit = await execute({ root: argo ? argoTree(root) : root, before: beforeCommand }, argo ? ['--compat', 'argo', ...args] : args, streams)
  return { exit, out: out.join(''), err: err.join('').replaceAll(folder, '') }
}

const manifest = (kind: string, spec: string, labels = ''): string => `apiVersion: argoproj.io/v1alpha1\nkind: ${kind}\nmetadata: {name: a${labels}}\nspec:\n${spec}\n`

describe('convert', () => {
  it('reads numbers and truths as text where text is wanted', async () => {
    expect((await call(['convert', '-'], manifest('Workflow', '  entrypoint: 5', ', labels: {version: 1, ready: yes}'))).out).toContain('labels:\n    ready: "true"\n    version: "1"\n')
    expect((await call(['convert', '-'], manifest('Workflow', '  entrypoint: 5'))).out).toContain('entrypoint: "5"')
  })

  it('refuses what is no object, or has other types', async () => {
    expect(await call(['convert', '-'], '- a\n')).toMatchObject({ exit: 1, out: '', err: 'Error: error converting stdin: failed to parse TypeMeta: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type v1.TypeMeta\n' })
    expect((await call(['convert', '-'], manifest('Workflow', '  parallelism: three'))).err).toMatch(/^Error: error converting stdin: failed to parse Workflow: .*cannot unmarshal string into .*parallelism of type int64\n$/)
  })

  it('says where YAML cannot be read, as the reference does', async () => {
    const failure = async (text: string): Promise<string> => (await call(['convert', '-'], text)).err.replace(/^.*yaml: /, '').trim()
    expect(await failure('a: [b')).toBe("line 1: did not find expected ',' or ']'")
    expect(await failure('{')).toBe('line 1: did not find expected node content')
    expect(await failure('a: "b')).toBe('found unexpected end of stream')
    expect(await failure('a: 1\nb: @x')).toBe('line 2: found character that cannot start any token')
    expect(await failure('a: *nope')).toBe("unknown anchor 'nope' referenced")
  })
})

describe('without a server', () => {
  const file = join(folder, 'template.yaml')
  writeFileSync(file, manifest('WorkflowTemplate', '  entrypoint: absent\n  templates: [{name: main, container: {image: a, command: [a]}}]'))

  it('templates and cron workflows are judged here', async () => {
    const judged = await call(['template', 'lint', file])
    expect([judged.exit, judged.out]).toEqual([1, expect.stringContaining('absent')])
    expect((await call(['cron', 'lint', '-o', 'simple', file], '', true)).out).toContain('found nothing to lint')
    expect(await call(['template', 'list'])).toMatchObject({ exit: 1, err: expect.stringContaining('this needs a server') })
  })

  it('values of other types refuse a whole call in the words of the reference, with their file', async () => {
    const wrong = join(folder, 'wrong.yaml')
    writeFileSync(wrong, manifest('Workflow', '  parallelism: three'))
    expect((await call(['lint', '--offline', wrong], '', true)).err).toBe('Error: failed to parse YAML from file /wrong.yaml: json: cannot unmarshal string into Go struct field WorkflowSpec.spec.parallelism of type int64\n')
    writeFileSync(wrong, '[]')
    expect((await call(['lint', '--offline', `${folder}/wrong.yaml`], '', true)).err).toBe('Error: failed to parse YAML from file /wrong.yaml: json: cannot unmarshal array into Go value of type v1.ObjectMeta\n')
  })

  it('unknown fields are told in the order of their keys, as after a change into JSON', async () => {
    const odd = join(folder, 'odd.yaml')
    writeFileSync(odd, manifest('Workflow', '  zebra: 1\n  ape: 1'))
    expect((await call(['lint', '--offline', '-o', 'simple', odd], '', true)).out).toContain('strict decoding error: unknown field "spec.ape", unknown field "spec.zebra"')
  })

  it('standard input is read once, by the reference for its templates only', async () => {
    const good = manifest('Workflow', '  entrypoint: main\n  templates: [{name: main, container: {image: a, command: [a]}}]')
    expect(await call(['lint', '--offline', '-'], good, true)).toMatchObject({ exit: 1, out: expect.stringContaining('found nothing to lint') })
  })

  it('what is not there may be ignored', async () => {
    expect(await call(['wait', 'nobody', '--ignore-not-found'])).toEqual({ exit: 0, out: '', err: '' })
    expect(await call(['wait', 'nobody', '--ignore-not-found'], '', true)).toEqual({ exit: 1, out: '', err: '' })
    expect((await call(['wait', 'nobody'])).exit).toBe(1)
  })
})
