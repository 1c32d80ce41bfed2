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
