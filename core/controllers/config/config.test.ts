// Checks how configuration is read: defaults, both forms, and what is refused where.
import { describe, expect, it } from 'vitest'
import { engineConfigOf } from './engine.ts'
import { defaultConfig, readConfigFile, readConfigMap } from './read.ts'
import { readTtl } from './ttl.ts'

function problemsOf(read: ReturnType<typeof readConfigFile>): readonly string[] {
  return read.ok ? [] : read.problems.map(({ path, message }) => `${path ?? ''}: ${message}`)
}

function valueOf(read: ReturnType<typeof readConfigFile>) {
  if (!read.ok) throw new Error(problemsOf(read).join('; '))
  return read.value
}

describe('reading a configuration file', () => {
  it('gives every field its default', () => {
    expect(valueOf(readConfigFile(''))).toEqual(defaultConfig())
    expect(defaultConfig()).toMatchObject({
      parallelism: 0, podGc: { deleteDelayMs: 5000, gracePeriodSeconds: undefined }, metrics: { enabled: true, path: '/metrics', port: 9090, secure: true },
      archive: { enabled: false, labelSelector: [], ttlMs: undefined }, nodeEvents: { enabled: true }, failedPodRestart: { enabled: false, restartsMax: 3 },
      synchronization: { enableApi: false, pollMs: 5000, heartbeatMs: 60_000 },
    })
  })

  it('reads fields at the top, in any capitals', () => {
    const value = valueOf(readConfigFile('Parallelism: 3\npersistence: {archive: true, archiveTTL: 7d, archiveLabelSelector: {matchLabels: {archive: "yes"}}}\nsynchronization: {enableAPI: true}'))
    expect(value).toMatchObject({
      parallelism: 3, archive: { enabled: true, ttlMs: 7 * 86_400_000, labelSelector: [{ key: 'archive', operator: 'in', values: ['yes'] }] }, synchronization: { enableApi: true },
    })
  })

  it('archives nothing when persistence is configured without it', () => {
    expect(valueOf(readConfigFile('persistence: {nodeStatusOffLoad: true}')).archive.enabled).toBe(false)
  })

  it('reads a ConfigMap, whose values are YAML', () => {
    const text = [
      'kind: ConfigMap', 'apiVersion: v1', 'metadata: {name: workflow-controller-configmap}', 'data:', '  parallelism: "10"', '  podGCDeleteDelayDuration: 30s',
      '  retentionPolicy: |', '    # keep few', '    completed: 10', '    failed: 3', '  workflowDefaults: |', '    spec: {parallelism: 2}',
    ]
    expect(valueOf(readConfigFile(text.join('\n')))).toMatchObject({
      parallelism: 10, podGc: { deleteDelayMs: 30_000 }, retention: { completed: 10, failed: 3, errored: 0 }, workflowDefaults: { spec: { parallelism: 2 } },
    })
  })

  it.each([
    ['paralelism: 3', 'paralelism: line 1, column 1: unknown field "paralelism"'],
    ['navColor: red\nparallelism: "3"', 'parallelism: line 2, column 14: expected a whole number, found the text "3"'],
    ['parallelism: 1\nparallelism: 2', ': line 2, column 1: key "parallelism" is there twice'],
    ['parallelism: -1', 'parallelism: -1 must not be negative'],
    ['links: [{name: a, scope: chat, url: "javascript:alert(1)"}]', 'links[0].url: protocol javascript is not allowed'],
    ['persistence: {archiveTTL: soon}', 'persistence.archiveTTL: "soon" is not a lifetime'],
    ['workflowRestrictions: {templateReferencing: Sometimes}', 'workflowRestrictions.templateReferencing: "Sometimes" is not known'],
    ['metricsConfig: {path: metrics}', 'metricsConfig.path: metrics must begin with a slash'],
    ['a: 1\n---\nb: 2', ': the file has several documents'],
    ['[1]', ': line 1, column 1: expected a map, found a list'],
  ])('refuses %j', (text, problem) => {
    expect(problemsOf(readConfigFile(text))).toContain(problem)
  })
})

describe('reading the data of a ConfigMap', () => {
  it('reads the item config alone', () => {
    expect(valueOf(readConfigMap({ config: 'parallelism: 4' })).parallelism).toBe(4)
    expect(problemsOf(readConfigMap({ config: 'parallelism: 4', navColor: 'red' }))).toEqual(['data: beside the item "config" there must be no other'])
    expect(problemsOf(readConfigMap({ config: 'parallelism: x' }))).toEqual(['data.config: parallelism: line 1, column 14: expected a whole number, found the text "x"'])
  })

  it('names the item that cannot be read', () => {
    expect(problemsOf(readConfigMap({ parallelism: 'ten', links: '- [' }))).toEqual([
      expect.stringMatching(/^data\.links: line 1, column \d+: /), 'parallelism: expected a whole number, found the text "ten"',
    ])
  })
})

it.each([['', 0], ['30d', 2_592_000_000], ['10m', 600_000], ['1h30m', 5_400_000], ['1.5h', 5_400_000], ['-1d', -86_400_000]])('reads the lifetime %j', (text, ms) => {
  expect(readTtl(text)).toEqual({ ok: true, value: ms })
})

it('gives the engine what it needs over what is there already', () => {
  const base = { depthMax: 7, pods: { artifactRepository: { s3: { bucket: 'local' } }, images: { '*': { entrypoint: ['/bin/sh'] } } } }
  const config = valueOf(readConfigFile('instanceID: mine\nimages: {a: {cmd: [x]}}\nmainContainer: {imagePullPolicy: Never}\npodGCDeleteDelayDuration: 1m'))
  expect(engineConfigOf(config, base)).toEqual({
    depthMax: 7, workflowDefaults: undefined,
    pods: {
      artifactRepository: { s3: { bucket: 'local' } }, images: { '*': { entrypoint: ['/bin/sh'] }, a: { cmd: ['x'] } }, instanceId: 'mine', podGCDeleteDelayDuration: '1m0s',
      mainContainer: expect.objectContaining({ imagePullPolicy: 'Never' }) as unknown,
    },
  })
})
