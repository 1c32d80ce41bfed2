// What a pod asks of a cluster, and what is said of it on one machine.
import { describe, expect, it } from 'vitest'
import type { Pod } from '@tiphys/core/spec'
import { ignoredOf, ignoredTeller } from './ignored.ts'

const host = { hostname: 'here', os: 'linux', arch: 'amd64' }
const spec = (more: object, resources: object = {}): NonNullable<Pod['spec']> => ({ containers: [{ name: 'main', image: 'a', resources }], ...more }) as NonNullable<Pod['spec']>

describe('what plain processes do not have', () => {
  it('is nothing for a pod that asks for nothing, or for what every machine like this one has', () => {
    const easy = spec({ nodeSelector: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' }, tolerations: [{ operator: 'Exists' }], affinity: {} }, { requests: { cpu: '1' } })
    expect(ignoredOf(easy, host).size).toBe(0)
  })

  it('names other machines, limits and devices', () => {
    const hard = spec({ nodeSelector: { pool: 'gpu', 'kubernetes.io/arch': 'arm64' }, affinity: { nodeAffinity: {} } }, { limits: { memory: '1Gi', 'nvidia.com/gpu': '1' } })
    const found = ignoredOf(hard, host)
    expect([...found.keys()]).toEqual(['nodeSelector', 'affinity', 'limits', 'devices'])
    expect(found.get('nodeSelector')).toContain('pool: gpu, kubernetes.io/arch: arm64')
    expect(found.get('limits')).toContain('limits of memory are')
    expect(found.get('devices')).toContain('nvidia.com/gpu')
  })

  it('is told once a kind, with the template that asks first', () => {
    const told: string[] = []
    const tell = ignoredTeller(host, (message) => told.push(message))
    for (const name of ['one', 'two']) tell({ spec: spec({}, { limits: { cpu: '1' } }) } as Pod, name)
    tell({ spec: spec({ nodeSelector: { pool: 'x' } }) } as Pod, 'three')
    expect(told).toHaveLength(2)
    expect(told[0]).toMatch(/^template "one": limits of cpu/)
    expect(told[1]).toMatch(/^template "three": nodeSelector/)
  })
})
