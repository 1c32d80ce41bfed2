// Tests of how a pod is put together: whose value counts, what is mounted, what late text may do, and what fails.
import { describe, expect, it } from 'vitest'
import { scopeOfVariables } from '@tiphys/core/expr'
import type { ArtifactRepository, Container, Pod, PodSpec, Template } from '@tiphys/core/spec'
import { type PodInput, buildPod, repositoryLocation } from './index.ts'

const variables = new Map([['workflow.name', 'wf'], ['pod.name', 'wf-step-1'], ['inputs.parameters.zone', 'west'], ['secret', 'leaked']])
const main: Container = { name: '', image: 'alpine', command: ['true'] }

function inputOf(template: Template, part: Partial<PodInput> = {}): PodInput {
  return {
    workflow: { name: 'wf', namespace: 'play', uid: 'u-1' },
    spec: {},
    template: { name: 'step', ...template },
    nodeId: 'wf-1',
    nodeName: 'wf[0].step',
    podName: 'wf-step-1',
    onExit: false,
    includeScriptOutput: false,
    volumes: [],
    claims: [],
    config: {},
    scope: scopeOfVariables(variables),
    ...part,
  }
}

function build(template: Template, part: Partial<PodInput> = {}): { pod: Pod; spec: PodSpec; main: Container; template: Template } {
  const result = buildPod(inputOf(template, part))
  if (!result.ok) throw new Error(result.message)
  const spec = result.pod.spec ?? { containers: [] }
  const container = spec.containers[0]
  if (container === undefined) throw new Error('no container')
  return { pod: result.pod, spec, main: container, template: result.template }
}

function failure(template: Template, part: Partial<PodInput> = {}): string {
  const result = buildPod(inputOf(template, part))
  return result.ok ? 'built' : result.message
}

describe('metadata of pods', () => {
  it('name workflow, node, owner, instance and exit handler', () => {
    const { pod } = build({ container: main }, { onExit: true, config: { instanceId: 'blue', statusFinalizer: true } })
    expect(pod.metadata).toEqual({
      name: 'wf-step-1',
      namespace: 'play',
      labels: {
        'workflows.argoproj.io/workflow': 'wf', 'workflows.argoproj.io/completed': 'false',
        'workflows.argoproj.io/on-exit': 'true', 'workflows.argoproj.io/controller-instanceid': 'blue',
      },
      annotations: { 'workflows.argoproj.io/node-name': 'wf[0].step', 'workflows.argoproj.io/node-id': 'wf-1', 'kubectl.kubernetes.io/default-container': 'main' },
      ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', name: 'wf', uid: 'u-1', controller: true, blockOwnerDeletion: true }],
      finalizers: ['workflows.argoproj.io/status'],
    })
  })

  it('let the template have the last word, then the workflow, whose text may use variables of the node', () => {
    const { pod } = build(
      { container: main, metadata: { labels: { a: 'template' }, annotations: { 'kubectl.kubernetes.io/default-container': 'other' } } },
      { spec: { podMetadata: { labels: { 'a': 'workflow', 'b-{{pod.name}}': '{{inputs.parameters.zone}}', 'c': '{{unknown}}' } } } },
    )
    expect(pod.metadata?.labels).toMatchObject({ 'a': 'template', 'b-wf-step-1': 'west', 'c': '{{unknown}}' })
    expect(pod.metadata?.annotations).toMatchObject({ 'kubectl.kubernetes.io/default-container': 'other' })
  })

  it('say how and when the pod is collected', () => {
    const annotation = (podGC: object, podGCDeleteDelayDuration?: string): string | undefined =>
      build({ container: main }, { spec: { podGC }, config: { podGCDeleteDelayDuration } }).pod.metadata?.annotations?.['workflows.argoproj.io/pod-gc-strategy']
    expect([annotation({ strategy: 'OnPodSuccess' }), annotation({}, '90s'), annotation({ deleteDelayDuration: '30' }, '90s'), annotation({ deleteDelayDuration: 'x' }, '1h')])
      .toEqual(['OnPodSuccess/5s', '/1m30s', '/30s', '/1h0m0s'])
  })
})

describe('scheduling of pods', () => {
  it('takes each field from the template, then from the caller, then from the workflow', () => {
    const workflow = { nodeSelector: { z: '{{inputs.parameters.zone}}' }, tolerations: [{ key: 'w' }], schedulerName: 'w', podPriorityClassName: 'w', serviceAccountName: 'w', hostAliases: [{ ip: '1' }] }
    const boundary = { nodeSelector: { b: '1' }, affinity: { podAffinity: {} }, schedulerName: 'ignored' }
    const { spec } = build({ container: main, tolerations: [{ key: 't' }], hostAliases: [{ ip: '2' }], serviceAccountName: 't' }, { spec: workflow, boundaryTemplate: boundary })
    expect(spec).toMatchObject({
      nodeSelector: { b: '1' }, affinity: { podAffinity: {} }, tolerations: [{ key: 't' }], schedulerName: 'w', priorityClassName: 'w', serviceAccountName: 't', hostAliases: [{ ip: '1' }, { ip: '2' }],
    })
    expect(build({ container: main, nodeSelector: {} }, { spec: workflow }).spec.nodeSelector).toEqual({ z: 'west' })
  })

  it('keeps retries away from hosts that failed', () => {
    const host = (part: Partial<PodInput>): unknown => build({ container: main }, part).spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
    expect(host({ retryHosts: ['h1'] })).toEqual({ nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'NotIn', values: ['h1'] }] }] })
    expect(host({ retryHosts: ['h1'], config: { retryHostLabel: '' } })).toBeUndefined()
  })

  it('needs an account for the executor where no token is mounted', () => {
    expect(failure({ container: main, automountServiceAccountToken: false })).toBe('executor.serviceAccountName must not be empty if automountServiceAccountToken is false')
    const executor = { serviceAccountName: 'exec' }
    expect(build({ container: main }, { spec: { automountServiceAccountToken: false, executor } }).spec.automountServiceAccountToken).toBe(false)
    expect(build({ container: main, automountServiceAccountToken: true }, { spec: { automountServiceAccountToken: false } }).spec.automountServiceAccountToken).toBeUndefined()
  })
})

describe('deadlines in pods', () => {
  it('are those given, else the template\'s own; a timeout beats all, a debugger stops the clock', () => {
    expect(build({ container: main, activeDeadlineSeconds: '7' }).spec.activeDeadlineSeconds).toBe(7)
    expect(build({ container: main, activeDeadlineSeconds: '7' }, { activeDeadlineSeconds: 3 }).spec.activeDeadlineSeconds).toBe(3)
    expect(build({ container: main, podSpecPatch: 'activeDeadlineSeconds: 2' }, { activeDeadlineSeconds: 3, timeoutSeconds: 9 }).spec.activeDeadlineSeconds).toBe(9)
    expect(build({ container: { ...main, env: [{ name: 'ARGO_DEBUG_PAUSE_AFTER', value: 'true' }] } }, { activeDeadlineSeconds: 3 }).spec.activeDeadlineSeconds).toBeUndefined()
    expect(failure({ container: main, activeDeadlineSeconds: 'x' })).toContain('strconv.ParseInt')
  })
})

describe('containers of pods', () => {
  it('get the configured defaults where they say nothing', () => {
    const mainContainer: Partial<Container> = { image: 'default', args: ['x'], env: [{ name: 'A', value: '1' }, { name: 'B', value: '1' }], resources: { requests: { cpu: '1' } }, securityContext: { runAsUser: 1 } }
    const { main: container } = build({ container: { name: '', image: 'mine', args: [], env: [{ name: 'B', value: '2' }], resources: { limits: { cpu: '2' } } } }, { config: { mainContainer } })
    expect(container).toMatchObject({ name: 'main', image: 'mine', args: ['x'], resources: { requests: { cpu: '1' }, limits: { cpu: '2' } }, securityContext: { runAsUser: 1 } })
    expect([...(container.env ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([{ name: 'A', value: '1' }, { name: 'B', value: '2' }])
  })

  it('run the source of a script as a file, unless it is empty', () => {
    const script = { name: '', image: 'python', command: ['python'], args: ['-u'], source: 'print(1)' }
    const built = build({ script })
    expect(built.main).toEqual({ name: 'main', image: 'python', command: ['python'], args: ['-u', '/argo/staging/script'], volumeMounts: [{ name: 'argo-staging', mountPath: '/argo/staging' }] })
    expect(build({ script: { ...script, source: '' } }).main.args).toEqual(['-u'])
  })

  it('take command and arguments of their image where the configuration knows it', () => {
    const images = { alpine: { entrypoint: ['/bin/sh'], cmd: ['-l'] }, '*': { entrypoint: ['/any'] } }
    const sidecars = [{ name: 'side', image: 'other' }]
    const { spec } = build({ container: { name: '', image: 'alpine' }, sidecars }, { config: { images } })
    expect(spec.containers.map(({ command, args }) => ({ command, args }))).toEqual([{ command: ['/bin/sh'], args: ['-l'] }, { command: ['/any'], args: undefined }])
    expect(build({ container: { name: '', image: 'alpine', args: ['-c'] } }, { config: { images } }).main.args).toEqual(['-c'])
    expect(build({ container: { name: '', image: 'alpine' } }).main.command).toBeUndefined()
  })

  it('share the mounts of a container set and keep their names; the last is the default container', () => {
    const { spec, pod } = build({ containerSet: { containers: [{ name: 'a', volumeMounts: [{ name: 'own', mountPath: '/o' }] }, { name: 'b', dependencies: ['a'] }], volumeMounts: [{ name: 'v', mountPath: '/v' }] } }, { volumes: [{ name: 'v', emptyDir: {} }, { name: 'unused', emptyDir: {} }] })
    expect(spec.containers.map((one) => [one.name, one.volumeMounts?.map((mount) => mount.name), 'dependencies' in one])).toEqual([['a', ['own', 'v'], false], ['b', ['v'], false]])
    expect(spec.volumes?.map((volume) => volume.name)).toEqual(['v'])
    expect(pod.metadata?.annotations?.['kubectl.kubernetes.io/default-container']).toBe('b')
  })

  it('print quantities canonically, also in what an executor sees', () => {
    const { main: container, template } = build({ container: { ...main, resources: { requests: { memory: '1024Mi', cpu: '1000m' } } } })
    expect(container.resources?.requests).toEqual({ memory: '1Gi', cpu: '1' })
    expect(template.container?.resources?.requests).toEqual({ memory: '1Gi', cpu: '1' })
  })
})

describe('volumes of pods', () => {
  const mounted: Container = { ...main, volumeMounts: [{ name: 'w', mountPath: '/data' }, { name: 'c', mountPath: '/claim' }, { name: 't', mountPath: '/t' }] }

  it('are those that are mounted, and all of the template; late text is resolved in the workflow\'s alone', () => {
    const volumes = [{ name: 'w', configMap: { name: '{{inputs.parameters.zone}}' } }, { name: 'idle', emptyDir: {} }]
    const claims = [{ name: 'c', persistentVolumeClaim: { claimName: 'wf-c' } }]
    const { spec } = build({ container: mounted, volumes: [{ name: 't', configMap: { name: '{{secret}}' } }, { name: 'extra', emptyDir: {} }] }, { volumes, claims })
    expect(spec.volumes).toEqual([{ name: 't', configMap: { name: '{{secret}}' } }, { name: 'extra', emptyDir: {} }, { name: 'w', configMap: { name: 'west' } }, claims[0]])
    expect(failure({ container: mounted })).toBe("volume 'w' not found in workflow spec")
  })

  it('are mirrored with artifacts and scripts into init containers and sidecars that ask for it', () => {
    const initContainers = [{ name: 'i', mirrorVolumeMounts: true }]
    const sidecars = [{ name: 's', mirrorVolumeMounts: true, volumeMounts: [{ name: 'x', mountPath: '/x' }] }, { name: 'plain' }]
    const artifact = { name: 'in', path: '/in', s3: { key: 'k' } }
    const { spec } = build(
      { script: { ...main, source: 'x', volumeMounts: [{ name: 'w', mountPath: '/w' }] }, initContainers, sidecars, inputs: { artifacts: [artifact] } },
      { volumes: [{ name: 'w', emptyDir: {} }, { name: 'x', emptyDir: {} }] },
    )
    const paths = (container: Container | undefined): unknown => container?.volumeMounts?.map((mount) => mount.mountPath)
    expect(paths(spec.initContainers?.[0])).toEqual(['/w', '/in', '/argo/staging'])
    expect(spec.containers.map(paths)).toEqual([['/w', '/in', '/argo/staging'], ['/x', '/w', '/in', '/argo/staging'], undefined])
    expect(spec.containers.some((container) => 'mirrorVolumeMounts' in container)).toBe(false)
  })

  it('hold input artifacts at clean paths, except absent ones and those inside a mount', () => {
    const s3 = { key: 'k' }
    const artifacts = [{ name: 'a', path: '/in//a/', s3 }, { name: 'b', path: '/data/b', s3 }, { name: 'c', path: '/c', optional: true }]
    const { main: container } = build({ container: { ...main, volumeMounts: [{ name: 'w', mountPath: '/data' }] }, inputs: { artifacts } }, { volumes: [{ name: 'w', emptyDir: {} }] })
    expect(container.volumeMounts).toEqual([{ name: 'w', mountPath: '/data' }, { name: 'input-artifacts', mountPath: '/in/a', subPath: 'a' }])
    expect(failure({ container: main, inputs: { artifacts: [{ name: 'a', path: '/tmp/x/../../etc', s3 }] } }))
      .toBe("error in inputs.artifacts.a: Artifact 'a' attempted to use a path containing '..'. Directory traversal is not permitted")
    expect(failure({ container: main, inputs: { artifacts: [{ name: 'a', s3 }] } })).toBe("error in inputs.artifacts.a: Artifact 'a' did not specify a path")
  })

  it('bring each secret of an artifact store once, with all its keys', () => {
    const key = (name: string): { name: string; key: string } => ({ name: 'cred', key: name })
    const artifacts = [{ name: 'g', path: '/g', git: { repo: 'r', usernameSecret: key('user'), passwordSecret: key('pass'), sshPrivateKeySecret: { name: 'ssh', key: 'id' } } }, { name: 'h', path: '/h', http: { url: 'u', auth: { basicAuth: { usernameSecret: key('user') } } } }]
    const { spec } = build({ container: main, inputs: { artifacts } })
    expect(spec.volumes?.slice(0, 2)).toEqual([
      { name: 'cred', secret: { secretName: 'cred', items: [{ key: 'user', path: 'user' }, { key: 'pass', path: 'pass' }] } },
      { name: 'ssh', secret: { secretName: 'ssh', items: [{ key: 'id', path: 'id' }] } },
    ])
  })
})

describe('where artifacts and logs go', () => {
  const s3 = { bucket: 'b', endpoint: 'e' }
  const located = (template: Template, part: Partial<PodInput> = {}): unknown => build({ container: main, ...template }, { config: { artifactRepository: { s3 } }, ...part }).template.archiveLocation

  it('is the repository under the pattern of its keys, when something needs it', () => {
    expect(located({})).toBeUndefined()
    expect(located({ outputs: { artifacts: [{ name: 'o', path: '/o' }] } })).toEqual({ archiveLogs: false, s3: { ...s3, key: 'wf/wf-step-1' } })
    expect(located({ outputs: { artifacts: [{ name: 'o', path: '/o', raw: { data: '' } }] } })).toBeUndefined()
    const other: ArtifactRepository = { gcs: { bucket: 'g', keyFormat: '{{workflow.name}}/x' } }
    expect(located({ archiveLocation: { archiveLogs: true } }, { artifactRepository: other })).toEqual({ archiveLogs: true, gcs: { bucket: 'g', key: 'wf/x' } })
  })

  it('archives logs if the repository says so, else the template, else the workflow', () => {
    const logs = (template: Template, part: Partial<PodInput>): unknown => (located(template, part) as { archiveLogs?: boolean } | undefined)?.archiveLogs
    const forced = { config: { artifactRepository: { s3, archiveLogs: true } } }
    expect([logs({ archiveLocation: { archiveLogs: false } }, forced), logs({ archiveLocation: { archiveLogs: false } }, { spec: { archiveLogs: true } }), logs({}, { spec: { archiveLogs: true } })]).toEqual([true, false, true])
  })

  it('stays where the template puts it, and must be resolved', () => {
    const own = { s3: { ...s3, key: 'k' } }
    expect(located({ archiveLocation: own }, { spec: { archiveLogs: true } })).toEqual(own)
    expect(failure({ container: main }, { spec: { archiveLogs: true }, config: { artifactRepository: { s3: { ...s3, keyFormat: '{{nope}}' } } } })).toBe('failed to resolve {{nope}}')
  })

  it('has its key where each store keeps it', () => {
    const pattern = '{{workflow.name}}/{{pod.name}}'
    const at = (repository: ArtifactRepository): unknown => repositoryLocation(repository, false)
    expect(at({ artifactory: { repoURL: 'https://a' } })).toEqual({ archiveLogs: false, artifactory: { url: `https://a/${pattern}` } })
    expect(at({ azure: { endpoint: 'e', container: 'c', blobNameFormat: 'n' } })).toEqual({ archiveLogs: false, azure: { endpoint: 'e', container: 'c', blob: 'n' } })
    expect(at({ hdfs: { addresses: ['h'], force: true } })).toEqual({ archiveLogs: false, hdfs: { addresses: ['h'], force: true, path: pattern } })
    expect(at({ oss: { bucket: 'o' } })).toEqual({ archiveLogs: false, oss: { bucket: 'o', key: pattern } })
    expect(at({ plugin: { name: 'p', configuration: 'c' } })).toEqual({ archiveLogs: false, plugin: { name: 'p', configuration: 'c', key: pattern } })
    expect(at({ s3: { keyPrefix: 'pre/' } })).toEqual({ archiveLogs: false, s3: { key: `pre/${pattern}` } })
    expect(at({})).toEqual({ archiveLogs: false })
  })

  it('gives plugins the timeout of their driver', () => {
    const plugin = { name: 'p', configuration: 'c', key: 'k' }
    const artifactDrivers = [{ name: 'p', connectionTimeoutSeconds: 9 }]
    const { template } = build({ container: main, inputs: { artifacts: [{ name: 'a', path: '/a', plugin }, { name: 'b', path: '/b', plugin: { ...plugin, connectionTimeoutSeconds: 1 } }] } }, { config: { artifactDrivers } })
    expect(template.inputs?.artifacts?.map((artifact) => artifact.plugin?.connectionTimeoutSeconds)).toEqual([9, 1])
  })
})

describe('podSpecPatch', () => {
  const patched = (workflow: string | undefined, template?: string): PodSpec => build({ container: main, podSpecPatch: template }, { spec: { podSpecPatch: workflow } }).spec
  const refused = (text: string): string => failure({ container: main, podSpecPatch: text })

  it('applies the workflow\'s and then the template\'s, in YAML or JSON, list elements by name', () => {
    const spec = patched('containers:\n- name: main\n  resources: {limits: {cpu: 1000m, memory: 1Gi}}\npriorityClassName: "{{inputs.parameters.zone}}"', '{"containers":[{"name":"main","resources":{"limits":{"cpu":"2"}}},{"name":"more","image":"i"}],"hostname":"h"}')
    expect(spec.containers.map((container) => container.name)).toEqual(['main', 'more'])
    expect(spec.containers[0]).toMatchObject({ image: 'alpine', resources: { limits: { cpu: '2', memory: '1Gi' } } })
    expect(spec).toMatchObject({ hostname: 'h', priorityClassName: 'west', restartPolicy: 'Never' })
  })

  it('deletes with null and ignores what a pod spec does not have', () => {
    expect(patched('nodeSelector: {a: b}', 'nodeSelector: null\nfoo: bar')).toEqual({ containers: [{ name: 'main', image: 'alpine', command: ['true'] }], restartPolicy: 'Never' })
    expect(patched('# nothing').containers).toHaveLength(1)
  })

  it('does not resolve what came into the template as data', () => {
    expect(patched(undefined, '{"hostname":"{{secret}}"}').hostname).toBe('{{secret}}')
  })

  it.each(['{"containers":[{"name":"main","resources":{"limits":{"cpu":"lots"}}}]}', '{containers: []}', 'a: b: c', '- a', 'containers: [{image: x}]'])('says in the words of the reference that it cannot apply %j', (patch) => {
    expect(refused(patch)).toBe('Error applying PodSpecPatch')
  })
})

describe('resource templates', () => {
  const manifest = 'kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: x\n'

  it('run where an executor runs, with the workflow as owner of the object where asked for', () => {
    const { main: container, template } = build({ resource: { action: 'create', manifest, setOwnerReference: true } }, { config: { executorImage: 'exec' } })
    expect(container).toEqual({ name: 'main', image: 'exec', command: ['argoexec', 'resource', 'create'] })
    expect(template.resource?.manifest).toBe(
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  ownerReferences:\n  - apiVersion: argoproj.io/v1alpha1\n    blockOwnerDeletion: true\n    controller: true\n    kind: Workflow\n    name: wf\n    uid: u-1\n',
    )
    expect(build({ resource: { action: 'create', manifest } }).template.resource?.manifest).toBe(manifest)
  })

  it('must have an object to own', () => {
    expect(failure({ resource: { action: 'create', manifest: '- a', setOwnerReference: true } })).toBe('the manifest of the resource is no object')
  })
})

describe('what an executor sees', () => {
  it('is the template without its input parameters', () => {
    const artifacts = [{ name: 'a', path: '/a', raw: { data: 'x' } }]
    expect(build({ container: main, inputs: { parameters: [{ name: 'p', value: 'v' }], artifacts } }).template.inputs).toEqual({ artifacts })
    expect(build({ container: main, inputs: { parameters: [{ name: 'p', value: 'v' }] } }).template.inputs).toEqual({})
  })

  it('shares what did not change with the input, which stays as it was', () => {
    const template: Template = Object.freeze({ name: 'step', container: Object.freeze({ ...main }), metadata: Object.freeze({ labels: Object.freeze({ a: 'b' }) }) })
    const input = Object.freeze(inputOf(template))
    const result = buildPod(input)
    expect(result.ok && result.template.container).toBe(template.container)
  })
})
