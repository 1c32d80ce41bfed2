// Proves that bodies in the binary form of Kubernetes are read, and that broken ones are refused.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeKubeProtobuf } from './protobuf.ts'

const text = (value: string): number[] => [...new TextEncoder().encode(value)]
const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)])
const part = (field: number, bytes: readonly number[]): number[] => [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes]
const entry = (field: number, key: string, value: string): number[] => part(field, [...part(1, text(key)), ...part(2, text(value))])
const envelope = (apiVersion: string, kind: string, raw: readonly number[]): Uint8Array =>
  Uint8Array.from([0x6b, 0x38, 0x73, 0, ...part(1, [...part(1, text(apiVersion)), ...part(2, text(kind))]), ...part(2, raw), ...part(3, []), ...part(4, [])])

describe('the binary form', () => {
  it('gives config maps and secrets as JSON has them', () => {
    const meta = part(1, [...part(1, text('names')), ...part(2, []), ...entry(11, 'team', 'bl\u00fc'), 0x38, 0])
    expect(decodeKubeProtobuf(envelope('v1', 'ConfigMap', [...meta, ...entry(2, 'a', '\u{1f600}'), ...entry(2, 'b', '')]))).toEqual({
      ok: true, value: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'names', labels: { team: 'bl\u00fc' } }, data: { a: '\u{1f600}', b: '' } },
    })
    const secret = decodeKubeProtobuf(envelope('v1', 'Secret', [...meta, ...entry(2, 'key', 'value'), ...part(3, [])]))
    expect(secret).toMatchObject({ ok: true, value: { data: { key: Buffer.from('value').toString('base64') } } })
  })

  it.each([
    ['a job', 'azhzAAoPCghiYXRjaC92MRIDSm9iEogBChQKBG9uY2USABoAIgAqADIAOABCABJmMmQKEAoAEgAaACIAKgAyADgAQgASUBItCgRvbmNlEgdidXN5Ym94GgRlY2hvGgJoaSoAQgBqAHIAgAEAiAEAkAEAogEAGgVOZXZlcjIAQgBKAFIAWABgAGgAggEAigEAmgEAwgEAGgggACgAMAA6ABoAIgA=', {
      apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once' },
      spec: { template: { spec: { containers: [{ name: 'once', image: 'busybox', command: ['echo', 'hi'] }], restartPolicy: 'Never' } } },
    }],
    ['a role', 'azhzAAokChxyYmFjLmF1dGhvcml6YXRpb24uazhzLmlvL3YxEgRSb2xlEi0KFgoGbG9va2VyEgAaACIAKgAyADgAQgASEwoDZ2V0CgRsaXN0EgAaBHBvZHMaACIA', {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'looker' }, rules: [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] }],
    }],
    ['a binding', 'azhzAAorChxyYmFjLmF1dGhvcml6YXRpb24uazhzLmlvL3YxEgtSb2xlQmluZGluZxJiChMKA2JvYhIAGgAiACoAMgA4AEIAEiAKDlNlcnZpY2VBY2NvdW50EgAaA2JvYiIHZGVmYXVsdBopChlyYmFjLmF1dGhvcml6YXRpb24uazhzLmlvEgRSb2xlGgZsb29rZXIaACIA', {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'bob' }, subjects: [{ kind: 'ServiceAccount', name: 'bob', namespace: 'default' }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'looker' },
    }],
    ['a request for a token', 'azhzAAooChhhdXRoZW50aWNhdGlvbi5rOHMuaW8vdjESDFRva2VuUmVxdWVzdBIdChAKABIAGgAiACoAMgA4AEIAEgMgkBwaBAoAEgAaACIA', {
      apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 },
    }],
    ['options of a deletion', 'azhzAAoTCgJ2MRINRGVsZXRlT3B0aW9ucxIAGgAiAA==', { apiVersion: 'v1', kind: 'DeleteOptions' }],
  ])('gives %s as kubectl sends it', (_what, base64, object) => {
    expect(decodeKubeProtobuf(Uint8Array.from(Buffer.from(base64, 'base64')))).toEqual({ ok: true, value: object })
  })

  it('gives quantities, times, ports and numbers as JSON has them', () => {
    const quantity = part(2, [...part(1, text('storage')), ...part(2, part(1, text('1Gi')))])
    const claim = envelope('v1', 'PersistentVolumeClaim', [...part(1, part(1, text('data'))), ...part(2, [...part(1, text('ReadWriteOnce')), ...part(2, quantity)])])
    expect(decodeKubeProtobuf(claim)).toMatchObject({ value: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } } })
    const time = [8, ...varint(1_767_225_600), 16, ...varint(123_456_000)]
    expect(decodeKubeProtobuf(envelope('coordination.k8s.io/v1', 'Lease', part(2, [...part(1, text('me')), ...part(4, time)])))).toMatchObject({
      value: { spec: { holderIdentity: 'me', renewTime: '2026-01-01T00:00:00.123456Z' } },
    })
    const probe = part(1, part(2, [...part(1, text('/x')), ...part(2, [8, 1, 16, 0, ...part(3, text('http'))])]))
    const job = envelope('batch/v1', 'Job', part(2, [8, 0, 56, 0, ...part(6, part(2, part(2, part(10, probe))))]))
    expect(decodeKubeProtobuf(job)).toMatchObject({ value: { spec: { parallelism: 0, backoffLimit: 0, template: { spec: { containers: [{ livenessProbe: { httpGet: { path: '/x', port: 'http' } } }] } } } } })
    const negative = envelope('batch/v1', 'Job', part(2, [56, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]))
    expect(decodeKubeProtobuf(negative)).toMatchObject({ value: { spec: { backoffLimit: -1 } } })
  })

  it('keeps any text of a config map', () => {
    fc.assert(fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), (data) => {
      const raw = Object.entries(data).flatMap(([key, value]) => entry(2, key, value))
      const read = decodeKubeProtobuf(envelope('v1', 'ConfigMap', raw))
      expect(read.ok && (read.value['data'] ?? {})).toEqual({ ...data })
    }))
  })

  it('keeps any bytes of a secret', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const raw = part(2, [...part(1, text('k')), ...part(2, [...bytes])])
      expect(decodeKubeProtobuf(envelope('v1', 'Secret', raw))).toMatchObject({ value: { data: { k: Buffer.from(bytes).toString('base64') } } })
    }))
  })

  it('is refused when it is broken or of an unknown kind', () => {
    const whole = envelope('v1', 'ConfigMap', [...part(1, part(1, text('x'))), ...entry(2, 'a', 'b')])
    for (const bytes of [new Uint8Array(), whole.subarray(1), whole.subarray(0, 20), Uint8Array.from([0x6b, 0x38, 0x73, 0, 0xff, 0xff])]) expect(decodeKubeProtobuf(bytes).ok).toBe(false)
    expect(decodeKubeProtobuf(envelope('apps/v1', 'Deployment', []))).toMatchObject({ ok: false, problem: { code: 'unknown_kind' } })
  })

  it('never throws, whatever the bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      decodeKubeProtobuf(Uint8Array.from([0x6b, 0x38, 0x73, 0, ...bytes]))
    }))
  })
})
