// Proves that no manifest, however odd, makes lint throw.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '@tiphys/core/spec'
import { lintFiles } from './index.ts'

const base: Json = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Workflow',
  metadata: { name: 'odd', labels: { a: 'b' }, annotations: { c: 'd' } },
  spec: {
    entrypoint: 'main',
    onExit: 'leaf',
    arguments: { parameters: [{ name: 'p', value: 'x', enum: ['x'] }], artifacts: [{ name: 'a', s3: { key: 'k' } }] },
    hooks: { exit: { template: 'leaf' }, running: { template: 'leaf', expression: 'workflow.status == "Running"' } },
    volumes: [{ name: 'v', emptyDir: {} }],
    volumeClaimTemplates: [{ metadata: { name: 'w' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }],
    podGC: { strategy: 'OnPodSuccess', labelSelector: { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] } },
    synchronization: { mutexes: [{ name: 'm' }], semaphores: [{ configMapKeyRef: { name: 'c', key: 'k' } }] },
    metrics: { prometheus: [{ name: 'm', help: 'h', gauge: { value: '{{workflow.duration}}', realtime: true }, labels: [{ key: 'k', value: 'v' }] }] },
    templates: [
      {
        name: 'main',
        dag: {
          target: 'b',
          tasks: [
            { name: 'a', template: 'steps', withItems: [1, { k: 'v' }, ['x'], null], when: '{{item}} == 1' },
            { name: 'b', template: 'leaf', depends: 'a.Succeeded && !a.Failed', hooks: { exit: { template: 'leaf', arguments: {} } }, arguments: { parameters: [{ name: 'x', value: '{{=tasks.a.status}}' }] } },
          ],
        },
      },
      { name: 'steps', steps: [[{ name: 's', inline: { container: { image: 'i' } }, withSequence: { count: 3 } }], [{ name: 't', template: 'leaf', withParam: '[1]', continueOn: { failed: true } }]] },
      {
        name: 'leaf',
        inputs: { parameters: [{ name: 'x', default: '1' }], artifacts: [{ name: 'in', path: '/in', optional: true }] },
        outputs: { parameters: [{ name: 'o', valueFrom: { path: '/o' } }], artifacts: [{ name: 'out', path: '/out', mode: 420 }] },
        retryStrategy: { limit: '3', retryPolicy: 'Always', expression: 'lastRetry.exitCode != "1"', backoff: { duration: '1s', factor: 2, maxDuration: '1m' } },
        container: { image: 'i', env: [{ name: 'E', value: '{{inputs.parameters.x}}' }], volumeMounts: [{ name: 'v', mountPath: '/v' }], resources: { limits: { cpu: '1' } } },
        sidecars: [{ name: 's', image: 'i' }],
        memoize: { key: 'k', cache: { configMap: { name: 'c' } } },
      },
      { name: 'set', containerSet: { containers: [{ name: 'main', image: 'i', dependencies: ['other'] }, { name: 'other', image: 'i' }] } },
      { name: 'resource', resource: { action: 'create', manifest: 'apiVersion: v1\nkind: X', successCondition: 'a == b' } },
      { name: 'http', http: { url: 'u', headers: [{ name: 'h', value: 'v' }], successCondition: 'response.statusCode == 200' } },
      { name: 'data', data: { source: { artifactPaths: { name: 'd', s3: { key: 'k' } } }, transformation: [{ expression: 'data' }] } },
      { name: 'script', script: { image: 'i', command: ['sh'], source: 'echo {{inputs.parameters.none}}' } },
      { name: 'suspend', suspend: { duration: '1' } },
      { name: 'plugin', plugin: { hello: {} } },
    ],
  },
}

function placesOf(value: Json, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, member]) => placesOf(member as Json, [...path, Array.isArray(value) ? Number(key) : key]))]
}

function replaced(value: Json, path: readonly (string | number)[], by: Json): Json {
  const [key, ...rest] = path
  if (key === undefined) return by
  if (Array.isArray(value)) return value.map((item: Json, i) => (i === key ? replaced(item, rest, by) : item))
  const object = value as { readonly [key: string]: Json }
  return { ...object, [key]: replaced(object[key] ?? null, rest, by) }
}

const odd = fc.oneof(
  fc.constantFrom<Json>(null, '', [], {}, 0, -1, 1.5, true, 'x', '{{', '}}', '{{x}}', '{{=', '{{=1 +}}', '{{inputs.parameters.x}', '{{item}}', 'a b', '-', '/', '../..', '9999999999999', '(', '"', "'", '\n', '\\', '😀', '__proto__', 'constructor', [null], [[]], [{}], { __proto__: null, a: null }),
  fc.jsonValue().map((value) => value as Json),
)

const kinds = ['Workflow', 'WorkflowTemplate', 'ClusterWorkflowTemplate', 'CronWorkflow']

describe('odd manifests', () => {
  const places = placesOf(base)

  it('give findings and never an exception', () => {
    const change = fc.record({ place: fc.constantFrom(...places.slice(1)), by: odd })
    fc.assert(fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), fc.constantFrom(...kinds), (changes, kind) => {
      let manifest = replaced(base, ['kind'], kind)
      for (const { place, by } of changes) if (placesOf(manifest).some((p) => p.join(' ') === place.join(' '))) manifest = replaced(manifest, place, by)
      if (kind === 'CronWorkflow') manifest = replaced(manifest, ['spec'], { schedules: ['* * * * *'], workflowSpec: (manifest as { spec?: Json }).spec ?? null })
      const result = lintFiles([{ path: 'odd.json', text: JSON.stringify(manifest) }])
      for (const finding of result.findings) expect([finding.line >= 1, finding.column >= 1, finding.message !== '']).toEqual([true, true, true])
    }), { numRuns: 500 })
  })

  it('any text gives findings and never an exception', () => {
    const word = fc.constantFrom('a', ':', ' ', '\n', '  ', '- ', '"', "'", '{', '}', '[', ']', ',', '#', '&a ', '*a', '!!int ', '|', '>', '---\n', 'kind: Workflow', 'spec:', '\t', '%', '?', '0', '<<: ', '...\n', '\r\n', '\ufeff')
    fc.assert(fc.property(fc.array(word, { maxLength: 40 }), (words) => {
      lintFiles([{ path: 'odd.yaml', text: words.join('') }])
    }), { numRuns: 2_000 })
  })
})
