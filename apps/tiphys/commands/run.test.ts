// What run refuses, and how it says so: nothing of it starts.
import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { execute } from '../flags/index.ts'
import { root } from './index.ts'

describe('run refuses', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'refused-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const file = (name: string, text: string): string => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  const run = async (...args: readonly string[]): Promise<{ code: number; err: string }> => {
    let err = ''
    const streams = { stdout: () => undefined, stderr: (text: string) => void (err += text), env: { TIPHYS_DATA_DIR: join(folder, 'data') } }
    const code = await execute({ root }, ['run', ...args], streams)
    return { code, err: err.replaceAll(folder, '') }
  }
  const hello = (spec: string): string => `apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: { generateName: hello- }\nspec:\n${spec}`
  const good = hello('  entrypoint: main\n  arguments: { parameters: [{ name: who }] }\n  templates:\n    - { name: main, container: { image: busybox, command: [echo] } }\n')

  it('a file that is not there, and one that is a folder', async () => {
    expect(await run(join(folder, 'none.yaml'))).toEqual({ code: 2, err: '/none.yaml does not exist\n' })
    expect(await run(folder)).toEqual({ code: 2, err: ' is a folder: name a file, or give folders of templates with --with\n' })
  })

  it('text that is no YAML, with the place', async () => {
    expect(await run(file('broken.yaml', 'kind: Workflow\nspec:\n  a: b: c\n'))).toMatchObject({ code: 2, err: expect.stringMatching(/^\/broken\.yaml:3:\d+: /) })
  })

  it('aliases that would blow up, and nesting without end', async () => {
    const names = [...'abcdefghij']
    const bomb = names.map((name, index) => `  ${name}: &${name} [${Array(10).fill(index === 0 ? 'x' : `*${names[index - 1]}`).join(', ')}]\n`).join('')
    expect(await run(file('bomb.yaml', hello(bomb)))).toMatchObject({ code: 2, err: expect.stringContaining('excessive aliasing') })
    expect(await run(file('deep.yaml', `kind: Workflow\nspec: ${'['.repeat(100_000)}`))).toMatchObject({ code: 2, err: expect.stringContaining('nesting depth') })
  })

  it('a manifest that is larger than anybody writes, before it is read', async () => {
    const big = file('big.yaml', '')
    truncateSync(big, 65 * 1024 * 1024)
    expect(await run(big)).toEqual({ code: 2, err: '/big.yaml is larger than 64 MB\n' })
  })

  it('files without a workflow, or with two', async () => {
    expect(await run(file('map.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n'))).toEqual({ code: 2, err: '/map.yaml: there is no Workflow in it\n  hint: it has ConfigMap: run needs a Workflow\n' })
    expect(await run(file('empty.yaml', ''))).toEqual({ code: 2, err: '/empty.yaml: there is no Workflow in it\n' })
    expect(await run(file('two.yaml', `${good}---\n${good}`))).toMatchObject({ code: 2, err: expect.stringContaining('there are 2 Workflows in it') })
  })

  it('unknown fields, with the place and what was probably meant', async () => {
    const text = hello('  entrypiont: main\n  templates:\n    - { name: main, container: { image: busybox } }\n')
    expect(await run(file('typo.yaml', text))).toMatchObject({ code: 2, err: expect.stringMatching(/^\/typo\.yaml:5:3: .*entrypiont[^]*entrypoint/) })
  })

  it('parameters without a value, and files of parameters that are none', async () => {
    expect(await run(file('good.yaml', good))).toMatchObject({ code: 2, err: expect.stringContaining('who') })
    expect(await run(file('good.yaml', good), '-p', 'who')).toMatchObject({ code: 2, err: expect.stringContaining('expected parameter of the form: NAME=VALUE. Received: who') })
    expect(await run(file('good.yaml', good), '-f', file('list.yaml', '- a\n'))).toEqual({ code: 2, err: '/list.yaml: a parameter file must be a mapping of names to values\n' })
  })

  it('templates that are not there, skipping what is no manifest in a folder of templates', async () => {
    const around = join(folder, 'around')
    mkdirSync(around, { recursive: true })
    writeFileSync(join(around, 'values.yaml'), 'replicas: 3\n')
    writeFileSync(join(around, 'package.json'), '{ "name": "x" }')
    const text = hello('  workflowTemplateRef: { name: missing }\n')
    expect(await run(file('ref.yaml', text), '--with', around)).toMatchObject({ code: 2, err: expect.stringMatching(/^\/ref\.yaml:5:\d+: couldn't find workflow template "missing"/) })
    expect(await run(file('ref.yaml', text), '--with', join(folder, 'nowhere'))).toEqual({ code: 2, err: '/nowhere does not exist\n' })
  })

  it('runners and mappings that it does not know, and a missing file, as bad usage', async () => {
    expect(await run(file('good.yaml', good), '--runner', 'magic')).toMatchObject({ code: 2, err: expect.stringContaining('One of: auto|process') })
    expect(await run(file('good.yaml', good), '--image-map', 'alpine')).toMatchObject({ code: 2, err: expect.stringContaining('"alpine" is not of the form IMAGE=FOLDER') })
    expect(await run(file('good.yaml', good), '--image-map', `alpine=${join(folder, 'nowhere')}`)).toEqual({ code: 2, err: '--image-map alpine=/nowhere: /nowhere is no folder\n' })
    expect(await run()).toMatchObject({ code: 2, err: expect.stringContaining('run needs a FILE, or --resume NAME') })
  })

  it('names that no object may have', async () => {
    expect(await run(file('good.yaml', good), '-p', 'who=me', '--name', '../up')).toMatchObject({ code: 2, err: expect.stringMatching(/^\/good\.yaml:3:\d+: "\.\.\/up" cannot be the name of a workflow: .* \(metadata\.name\)\n$/) })
    expect(await run(file('good.yaml', good), '-p', 'who=me', '-n', 'Team')).toMatchObject({ code: 2, err: expect.stringContaining('"Team" cannot be a namespace') })
  })

  it('all that without leaving anything behind', () => expect(existsSync(join(folder, 'data'))).toBe(false))

  it('a data directory where nothing can be made, instead of trying for ever', async () => {
    await expect(run(file('good.yaml', good), '-p', 'who=me', '--data-dir', '/proc/nowhere/data')).rejects.toThrow('the data directory /proc/nowhere/data cannot be used')
  })
})
