// Proves what follows from a template alone, and how defaults come together.
import { describe, expect, it } from 'vitest'
import {
  applyTemplateDefaults,
  hasLocation,
  hasLocationOrKey,
  hasResult,
  joinMetadata,
  joinWorkflowSpecs,
  locationKey,
  locationType,
  templateBody,
  templateType,
  type Template,
} from '../index.ts'

const container: Template = { name: 'a', container: { name: '', image: 'alpine' } }

describe('template types', () => {
  it('the body tells the type', () => {
    expect(templateType(container)).toBe('container')
    expect(templateType({ steps: [] })).toBe('steps')
    expect(templateType({ suspend: {} })).toBe('suspend')
    expect(templateType({})).toBeUndefined()
    expect(templateBody({ dag: { tasks: [] } })).toEqual({ type: 'dag', dag: { tasks: [] } })
    expect(templateBody({})).toBeUndefined()
  })

  it('a container set has a result only with a container called main', () => {
    const set = (name: string): Template => ({ containerSet: { containers: [{ name, image: 'a' }] } })
    expect(hasResult(set('main'))).toBe(true)
    expect(hasResult(set('other'))).toBe(false)
    expect(hasResult({ steps: [] })).toBe(false)
  })
})

describe('template defaults', () => {
  it('fill what the template leaves out, and leave bodies of other types alone', () => {
    const defaults: Template = { timeout: '5m', container: { name: '', image: 'default', imagePullPolicy: 'Always' }, metadata: { labels: { a: '1', b: '1' } } }
    const merged = applyTemplateDefaults({ ...container, metadata: { labels: { b: '2' } } }, defaults)
    expect(merged).toMatchObject({ timeout: '5m', container: { image: 'alpine', imagePullPolicy: 'Always' }, metadata: { labels: { a: '1', b: '2' } } })
    const script = applyTemplateDefaults({ name: 's', script: { name: '', image: 'python', source: 'x' } }, defaults)
    expect(script.container).toBeUndefined()
    expect(script.timeout).toBe('5m')
  })

  it('lists with a key merge item by item', () => {
    const defaults: Template = { container: { name: '', env: [{ name: 'A', value: '1' }, { name: 'B', value: '1' }] } }
    const merged = applyTemplateDefaults({ container: { name: '', image: 'x', env: [{ name: 'B', value: '2' }] } }, defaults)
    expect(merged.container?.env).toEqual([{ name: 'A', value: '1' }, { name: 'B', value: '2' }])
  })

  it('none leave the template as it is', () => {
    expect(applyTemplateDefaults(container, undefined)).toBe(container)
  })
})

describe('the spec that runs', () => {
  it('workflow over template over defaults', () => {
    const joined = joinWorkflowSpecs({
      workflow: { entrypoint: 'own', arguments: { parameters: [{ name: 'a', value: '1' }] } },
      template: { entrypoint: 'theirs', serviceAccountName: 'robot', arguments: { parameters: [{ name: 'a', value: '0', description: 'x' }, { name: 'b', value: '2' }] } },
      defaults: { serviceAccountName: 'default', parallelism: 3 },
    })
    expect(joined).toMatchObject({ entrypoint: 'own', serviceAccountName: 'robot', parallelism: 3 })
    // The entry of the workflow wins as a whole, so the description is gone.
    expect(joined.arguments?.parameters).toEqual([{ name: 'a', value: '1' }, { name: 'b', value: '2' }])
  })

  it('templates merge by name', () => {
    const joined = joinWorkflowSpecs({ workflow: {}, template: { templates: [container] } })
    expect(joined.templates?.map((t) => t.name)).toEqual(['a'])
  })

  it('hooks and computed labels are taken over by name, never mixed', () => {
    const joined = joinWorkflowSpecs({
      workflow: { hooks: { exit: { template: 'mine' } }, workflowMetadata: { labelsFrom: { a: { expression: '1' } } } },
      template: { hooks: { exit: { template: 'theirs', expression: 'x' }, other: { template: 'o' } }, workflowMetadata: { labels: { l: '1' }, labelsFrom: { b: { expression: '2' } } } },
    })
    expect(joined.hooks).toEqual({ exit: { template: 'mine', arguments: {} }, other: { template: 'o' } })
    expect(joined.workflowMetadata).toEqual({ labels: { l: '1' }, labelsFrom: { a: { expression: '1' }, b: { expression: '2' } } })
  })

  it('only the workflow itself can be suspended', () => {
    expect(joinWorkflowSpecs({ workflow: {}, template: { suspend: true } }).suspend).toBeUndefined()
    expect(joinWorkflowSpecs({ workflow: { suspend: true }, template: {} }).suspend).toBe(true)
  })

  it('artifacts of one kind of storage fill each other up; others replace', () => {
    const template = { arguments: { artifacts: [{ name: 'a', s3: { endpoint: 'e', bucket: 'b', key: 'old' } }] } }
    const same = joinWorkflowSpecs({ workflow: { arguments: { artifacts: [{ name: 'a', s3: { key: 'new' } }] } }, template })
    expect(same.arguments?.artifacts).toMatchObject([{ name: 'a', s3: { endpoint: 'e', bucket: 'b', key: 'new' } }])
    const git = { arguments: { artifacts: [{ name: 'a', git: { repo: 'r' } }] } }
    const other = joinWorkflowSpecs({ workflow: { arguments: { artifacts: [{ name: 'a', s3: { key: 'k' } }] } }, template: git })
    expect(other.arguments?.artifacts).toEqual([{ name: 'a', s3: { key: 'k' } }])
  })

  it('labels of the defaults are added where there are none', () => {
    expect(joinMetadata({ name: 'a', labels: { x: '1' } }, { labels: { x: '0', y: '0' } })).toEqual({ name: 'a', labels: { x: '1', y: '0' } })
  })
})

describe('where artifacts live', () => {
  it('a location is complete, or has only a key', () => {
    const keyOnly = { name: 'a', s3: { key: 'k' } }
    expect([hasLocation(keyOnly), hasLocationOrKey(keyOnly), locationKey(keyOnly)]).toEqual([false, true, 'k'])
    expect(hasLocation({ s3: { endpoint: 'e', bucket: 'b', key: 'k' } })).toBe(true)
    expect(hasLocation({ raw: { data: '' } })).toBe(true)
    expect(hasLocation({})).toBe(false)
    expect(locationKey({ http: { url: 'https://host/a/b?c' } })).toBe('/a/b')
  })

  it('of several the first in the order of the reference counts', () => {
    expect(locationType({ s3: { key: 'k' }, git: { repo: 'r' } })).toBe('git')
  })
})
