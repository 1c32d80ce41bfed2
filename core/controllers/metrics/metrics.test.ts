// Checks the values of metrics and their text, and what records of workflows make of their own ones.
import { describe, expect, it } from 'vitest'
import { type MetricRecord, createCustomMetrics } from './custom.ts'
import { metricFamilies } from './families.ts'
import { createRegistry } from './registry.ts'

const lines = (text: string, name: string): readonly string[] => text.split('\n').filter((line) => line.startsWith(name) || line.includes(` ${name} `))
const family = (name: string, type: 'counter' | 'gauge' | 'histogram', labels: readonly string[] = ['a']) => ({ name, help: 'a "help"\\\nof two lines', type, labels, buckets: [1, 2.5] })

describe('the text of metrics', () => {
  it('has families by name, with escaped help and labels', () => {
    const registry = createRegistry([family('two', 'gauge'), family('one', 'counter')])
    registry.add('one', { a: 'x"\\\n' })
    registry.add('one', { a: 'x"\\\n' }, 1.5)
    registry.set('two', { a: '' }, -3)
    expect(registry.text()).toBe('# HELP one a "help"\\\\\\nof two lines\n# TYPE one counter\none{a="x\\"\\\\\\n"} 2.5\n# HELP two a "help"\\\\\\nof two lines\n# TYPE two gauge\ntwo{a=""} -3\n')
  })

  it('counts the values of histograms in all buckets that hold them', () => {
    const registry = createRegistry([family('h', 'histogram', [])])
    for (const value of [0.5, 1, 2, 99]) registry.observe('h', {}, value)
    expect(lines(registry.text(), 'h').slice(2)).toEqual(['h_bucket{le="1"} 2', 'h_bucket{le="2.5"} 3', 'h_bucket{le="+Inf"} 4', 'h_sum 102.5', 'h_count 4'])
  })

  it('follows the configuration: metrics left out, labels left out, other buckets', () => {
    const registry = createRegistry([family('argo_workflows_gone', 'counter'), family('argo_workflows_flat', 'counter', ['a', 'b']), family('argo_workflows_h', 'histogram', [])])
    registry.modify({
      gone: { disabled: true, disabledAttributes: [], histogramBuckets: [] }, flat: { disabled: false, disabledAttributes: ['a'], histogramBuckets: [] },
      h: { disabled: false, disabledAttributes: [], histogramBuckets: [7] },
    })
    registry.add('argo_workflows_gone', { a: '1' })
    registry.add('argo_workflows_flat', { a: '1', b: 'x' })
    registry.add('argo_workflows_flat', { a: '2', b: 'x' })
    const text = registry.text()
    expect(text).not.toContain('gone')
    expect(lines(text, 'argo_workflows_flat{')).toEqual(['argo_workflows_flat{b="x"} 2'])
    expect(lines(text, 'argo_workflows_h_bucket')).toEqual(['argo_workflows_h_bucket{le="7"} 0', 'argo_workflows_h_bucket{le="+Inf"} 0'])
  })

  it('counts nothing that has no family, and no more series than fit', () => {
    const registry = createRegistry([family('one', 'counter')])
    registry.add('other', {})
    for (let i = 0; i < 10_100; i++) registry.add('one', { a: String(i) })
    expect(lines(registry.text(), 'one{')).toHaveLength(10_000)
  })

  it('names every family once', () => {
    expect(new Set(metricFamilies.map(({ name }) => name)).size).toBe(metricFamilies.length)
  })
})

describe('metrics of workflows', () => {
  const record = (key: string, value: MetricRecord['value'], more: Partial<MetricRecord> = {}): MetricRecord => (
    { key, at: 1000, name: 'mine', help: 'What I count', labels: { who: 'me' }, value, ...more }
  )
  const made = () => {
    const registry = createRegistry(metricFamilies)
    const custom = createCustomMetrics(registry)
    const shown = (now = 1000, ttlMs = 0): readonly string[] => {
      custom.refresh(now, ttlMs)
      return lines(registry.text(), 'argo_workflows_mine').filter((line) => !line.startsWith('#'))
    }
    return { custom, shown }
  }

  it('count each record once', () => {
    const { custom, shown } = made()
    for (const key of ['a', 'b', 'a']) custom.record('u', record(key, { kind: 'counter', value: 2 }))
    custom.record('other', record('a', { kind: 'counter', value: 1 }))
    expect(shown()).toEqual(['argo_workflows_mine{who="me"} 5'])
  })

  it('set, add to and take from gauges', () => {
    const { custom, shown } = made()
    const gauge = (key: string, operation: 'Set' | 'Add' | 'Sub', value: number) => custom.record('u', record(key, { kind: 'gauge', operation, value }))
    gauge('a', 'Set', 10)
    gauge('b', 'Add', 5)
    gauge('c', 'Sub', 2)
    expect(shown()).toEqual(['argo_workflows_mine{who="me"} 13'])
  })

  it('follow the time until they, or their run, come to an end', () => {
    const { custom, shown } = made()
    custom.record('u', record('a', { kind: 'realtime', since: 1000, until: undefined }))
    expect(shown(4500)).toEqual(['argo_workflows_mine{who="me"} 3.5'])
    custom.ended('u', 6000)
    expect(shown(9000)).toEqual(['argo_workflows_mine{who="me"} 5'])
  })

  it('are forgotten when nothing touches them any more', () => {
    const { custom, shown } = made()
    custom.record('u', record('a', { kind: 'counter', value: 1 }))
    expect(shown(60_000, 59_000)).toHaveLength(1)
    expect(shown(60_001, 59_000)).toEqual([])
  })

  it('count values in buckets of their own', () => {
    const { custom, shown } = made()
    custom.record('u', record('a', { kind: 'histogram', value: 3, buckets: [5] }))
    expect(shown()).toEqual(['argo_workflows_mine_bucket{le="5",who="me"} 1', 'argo_workflows_mine_bucket{le="+Inf",who="me"} 1', 'argo_workflows_mine_sum{who="me"} 3', 'argo_workflows_mine_count{who="me"} 1'])
  })

  it.each([
    [{ help: 'Something else' }, 'help for metric mine is already set to What I count, it cannot be changed'],
    [{ value: { kind: 'gauge', operation: 'Set', value: 1 } as const }, 'found existing counter for custom metric mine of type gauge'],
    [{ name: 'gauge' }, "metric gauge is one of the server's own"],
  ])('refuse %j', (more, message) => {
    const { custom } = made()
    custom.record('u', record('a', { kind: 'counter', value: 1 }))
    expect(custom.record('u', { ...record('b', { kind: 'counter', value: 1 }), ...more })).toMatchObject({ ok: false, problem: { message } })
  })
})
