// Checks what resource templates ask for, when they have it, and what they hand on.
import { describe, expect, it } from 'vitest'
import type { ResourceTemplate } from '@tiphys/core/spec'
import { judgeResource, planResource, readConditions, resourceParameters } from './index.ts'

const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n'

describe('planResource', () => {
  const plan = (template: ResourceTemplate, manifest: string): unknown => {
    const planned = planResource(template, manifest)
    return planned.ok ? planned.value : planned.problem.message
  }

  it('OBJ-1 reads one action on one object', () => {
    expect(plan({ action: 'create' }, CONFIG_MAP)).toMatchObject({ action: 'create', object: { kind: 'ConfigMap' }, target: { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', namespace: undefined } })
    expect(plan({ action: 'get' }, CONFIG_MAP)).toMatchObject({ action: 'get', target: { name: 'a' } })
    expect(plan({ action: 'create' }, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a-}')).toMatchObject({ target: { name: undefined } })
  })

  it('OBJ-2 takes the object of flags where the manifest names none', () => {
    expect(plan({ action: 'delete', flags: ['configmap', 'a', '-n', 'other'] }, '')).toMatchObject({ action: 'delete', target: { apiVersion: undefined, kind: 'configmap', name: 'a', namespace: 'other' } })
    expect(plan({ action: 'patch', mergeStrategy: 'json', flags: ['cm/a'] }, '- {op: add, path: /data/x, value: y}')).toMatchObject({ action: 'patch', strategy: 'json', target: { kind: 'cm', name: 'a' } })
    expect(plan({ action: 'patch', flags: ['cm', 'a'] }, 'data: {x: z}')).toMatchObject({ strategy: 'strategic', patch: { data: { x: 'z' } }, target: { kind: 'cm' } })
    expect(plan({ action: 'patch' }, `${CONFIG_MAP}data: {x: y}`)).toMatchObject({ target: { kind: 'ConfigMap', name: 'a' } })
  })

  it('OBJ-2 reads what flags say of the deed', () => {
    expect(plan({ action: 'delete', flags: ['--ignore-not-found', '--cascade=orphan', '--grace-period', '0'] }, CONFIG_MAP)).toMatchObject({ flags: { ignoreNotFound: true, propagation: 'orphan', gracePeriodSeconds: 0 } })
    expect(plan({ action: 'create', flags: ['--validate=false'] }, CONFIG_MAP)).toMatchObject({ action: 'create' })
  })

  it.each<readonly [ResourceTemplate, string, string]>([
    [{ action: 'create' }, '', 'Must provide at least one of flags or manifest.'],
    [{ action: 'make' }, CONFIG_MAP, 'the action "make" is not known'],
    [{ action: 'create' }, `${CONFIG_MAP}---\n${CONFIG_MAP}`, 'the manifest holds 2 documents, and a resource template is for one object'],
    [{ action: 'create' }, 'metadata: {name: a}', 'Kind and name are both required but at least one of them is missing from the manifest'],
    [{ action: 'delete' }, 'kind: ConfigMap', 'to delete an object, say its name'],
    [{ action: 'get', flags: ['--show-kind'] }, CONFIG_MAP, 'the flag "--show-kind" is not known here'],
    [{ action: 'create' }, '{', 'the manifest is no YAML'],
    [{ action: 'patch', mergeStrategy: 'three-way' }, CONFIG_MAP, 'the merge strategy "three-way" is not known'],
  ])('OBJ-3 %j on %j is refused: %s', (template, manifest, message) => {
    expect(plan(template, manifest)).toContain(message)
  })
})

describe('conditions', () => {
  const judge = (template: Partial<ResourceTemplate>, object: object): unknown => {
    const read = readConditions({ action: 'get', ...template })
    if (!read.ok) return read.problem.message
    return read.value === undefined ? 'none' : judgeResource(read.value, object as never)
  }

  it('OBJ-4 wait until all requirements of the success condition hold', () => {
    expect(judge({ successCondition: 'status.succeeded > 0, status.phase == Done' }, { status: { succeeded: 1, phase: 'Done' } })).toEqual({ state: 'met' })
    expect(judge({ successCondition: 'status.succeeded > 0, status.phase == Done' }, { status: { succeeded: 1 } })).toEqual({ state: 'waiting' })
    expect(judge({ successCondition: 'status.conditions.0.status == True' }, { status: { conditions: [{ status: 'True' }] } })).toEqual({ state: 'met' })
    expect(judge({}, {})).toBe('none')
  })

  it('OBJ-5 fail as soon as one requirement of the failure condition holds', () => {
    expect(judge({ failureCondition: 'status.failed > 3, status.phase in (Failed, Error)' }, { status: { phase: 'Error' } })).toEqual({ state: 'failed', message: "failure condition 'status.phase in (Error,Failed)' evaluated true" })
    expect(judge({ failureCondition: 'status.failed > 3' }, { status: { failed: 3 } })).toEqual({ state: 'met' })
    expect(judge({ successCondition: 'a ==== b' }, {})).toContain("success condition 'a ==== b' failed to parse")
  })
})

it('OBJ-6 outputs are texts from the object, and defaults where there is none', () => {
  const parameters = [{ name: 'phase', valueFrom: { jsonPath: '{.status.phase}' } }, { name: 'all', valueFrom: { jqFilter: '.status', default: 'nothing' } }, { name: 'plain', value: 'x' }]
  expect(resourceParameters(parameters, { status: { phase: 'Done' } })).toEqual({ ok: true, value: [{ name: 'phase', value: 'Done' }, { name: 'all', value: '{"phase":"Done"}' }] })
  expect(resourceParameters(parameters, undefined)).toEqual({ ok: true, value: [{ name: 'phase', value: '' }, { name: 'all', value: 'nothing' }] })
  expect(resourceParameters([{ name: 'bad', valueFrom: { jqFilter: '.[' } }], {})).toMatchObject({ ok: false })
})
