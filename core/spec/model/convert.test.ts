// Proves the conversion of manifests of earlier versions, and what users may set beside a template.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { closedOverrides, convertLegacy, emitYaml, openOverrides, readDocuments, type Json } from '../index.ts'

describe('conversion', () => {
  it('single locks go behind those of the list', () => {
    const spec = { synchronization: { mutex: { name: 'a' }, mutexes: [{ name: 'b' }], semaphore: { database: { key: 'k' } } } }
    expect(convertLegacy({ kind: 'Workflow', spec })).toMatchObject({
      spec: { synchronization: { mutexes: [{ name: 'b' }, { name: 'a' }], semaphores: [{ database: { key: 'k' } }] } },
    })
  })

  it('a single schedule wins over the list', () => {
    const converted = convertLegacy({ kind: 'CronWorkflow', spec: { schedule: '1 * * * *', schedules: ['2 * * * *'], workflowSpec: {} } })
    expect(converted).toMatchObject({ spec: { schedules: ['1 * * * *'] } })
  })

  it('other kinds come back as they are', () => {
    const object: Json = { kind: 'ConfigMap', data: { a: '1' } }
    expect(convertLegacy(object)).toBe(object)
  })
})

const root = process.env['TIPHYS_CONFORMANCE'] ?? fileURLToPath(new URL('../../../../shared/conformance', import.meta.url))

describe.skipIf(!existsSync(`${root}/cli/transcripts.jsonl`))('recorded conversions', () => {
  it('are the same, letter by letter', () => {
    const transcripts = readFileSync(`${root}/cli/transcripts.jsonl`, 'utf8').trimEnd().split('\n')
      .map((line) => JSON.parse(line) as { args: string[]; exit: number; stdout: string })
      .filter((t) => t.args[0] === 'convert' && t.exit === 0)
    expect(transcripts.length).toBeGreaterThan(2)
    for (const { args, stdout } of transcripts) {
      const file = args[args.length - 1] ?? ''
      const converted = readDocuments(readFileSync(`${root}/cli/files/${file}`, 'utf8')).map((d) => convertLegacy(d.value ?? null))
      const json = args.includes('json')
      expect(converted.map((c) => (json ? `${JSON.stringify(c)}\n` : `---\n${emitYaml(c)}`)).join('')).toBe(stdout)
    }
  })
})

describe('overrides', () => {
  it('what belongs to the template is named in order', () => {
    const spec = { arguments: {}, entrypoint: 'x', serviceAccountName: 'a', dnsPolicy: 'Default', hostNetwork: false, artifactGC: { strategy: 'Never', podSpecPatch: '{}' } }
    expect(closedOverrides(spec)).toEqual(['ArtifactGC.PodSpecPatch', 'DNSPolicy', 'ServiceAccountName'])
    expect(closedOverrides(spec, new Set(['serviceAccountName']))).toEqual(['ArtifactGC.PodSpecPatch', 'DNSPolicy'])
  })

  it('only what users may set is kept', () => {
    const spec = { entrypoint: 'x', serviceAccountName: 'a', artifactGC: { strategy: 'Never', podSpecPatch: '{}', forceFinalizerRemoval: true } }
    expect(openOverrides(spec)).toEqual({ entrypoint: 'x', artifactGC: { strategy: 'Never', forceFinalizerRemoval: true } })
  })
})
