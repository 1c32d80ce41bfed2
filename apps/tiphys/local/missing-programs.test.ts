// What is told about programs that this host lacks, before anything runs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { Template, Workflow } from '@tiphys/core/spec'
import { missingPrograms } from './missing-programs.ts'

const folder = mkdtempSync(join(tmpdir(), 'programs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const running = (...containers: readonly object[]): Workflow =>
  ({ metadata: {}, spec: { templates: containers.map((container, index) => ({ name: `t${index}`, container }) as unknown as Template) } }) as unknown as Workflow

it('names the program, its template and the way out, once', () => {
  const lacking = { image: 'acme/tool:1', command: ['no-such-program', 'x'] }
  expect(missingPrograms(running(lacking, lacking, { image: 'a', command: ['sh'] }), [])).toEqual([
    'warning: this host has no "no-such-program", which template "t0" runs: install it, or map its image: --image-map acme/tool:1=FOLDER',
  ])
})

it('finds what stands in for an image', () => {
  writeFileSync(join(folder, 'no-such-program'), '', { mode: 0o755 })
  expect(missingPrograms(running({ image: 'acme/tool:1', command: ['no-such-program'] }), [{ image: 'acme/tool', folder }])).toEqual([])
})

it('names a template that acts on a cluster', () => {
  const spec = { templates: [{ name: 'apply', resource: { action: 'get' } }] }
  expect(missingPrograms({ metadata: {}, spec } as unknown as Workflow, [])).toEqual(['warning: template "apply" acts on the API of a cluster, which tiphys server has and a run by itself does not'])
})

it('says nothing of what only a run can tell', () => {
  const open = [{ image: 'a', command: ['{{inputs.parameters.program}}'] }, { image: 'a', command: ['/opt/tool'] }, { image: 'a' }, { image: 'a', command: ['tool'], env: [{ name: 'PATH', value: '/opt' }] }]
  expect(missingPrograms(running(...open), [])).toEqual([])
})

it('tells no more than people read', () => {
  expect(missingPrograms(running(...Array.from({ length: 50 }, (_, index) => ({ command: [`no-such-program-${index}`] }))), []).at(-1)).toBe('warning: and 45 more programs')
})
