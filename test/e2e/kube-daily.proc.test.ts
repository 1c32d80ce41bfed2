// Proves with the real kubectl what people do every day beside running workflows: all ways of writing, roles, kinds of their own, claims, pods that are deleted.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestServer, ask, startServer } from './server.ts'

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0
const home = mkdtempSync(join(tmpdir(), 'tiphys-daily-'))
const env = { ...process.env, HOME: home, KUBECONFIG: join(home, 'config') }
let server: TestServer

/** The kubectl of the path, and those of other versions that lie beside it. */
function versions(): readonly string[] {
  const found = spawnSync('sh', ['-c', 'command -v kubectl'], { encoding: 'utf8' }).stdout.trim()
  if (found === '') return []
  const folder = dirname(realpathSync(found))
  return readdirSync(folder).filter((name) => /^kubectl\.1\.\d+$/.test(name)).map((name) => join(folder, name))
}

interface Said {
  readonly out: string
  readonly error: string
  readonly status: number | null
}

function said(program: string, args: string | readonly string[], input = ''): Said {
  const { stdout, stderr, status } = spawnSync(program, typeof args === 'string' ? args.split(' ') : args, { encoding: 'utf8', env, input, timeout: 30_000 })
  return { out: stdout, error: stderr, status }
}

const kubectl = (args: string | readonly string[], input?: string): Said => said('kubectl', args, input)
const fine = (args: string | readonly string[], input?: string): string => {
  const { out, error, status } = kubectl(args, input)
  expect([status, error]).toEqual([0, ''])
  return out
}

const WORKFLOWS = '/apis/argoproj.io/v1alpha1/namespaces/default/workflows'

const template = (image: string): string => `
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: tool}
spec:
  entrypoint: main
  templates: [{name: main, container: {image: ${image}, command: ["true"]}}]`

const sleeper = (name: string, more = ''): string => `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: ${name}${more}}
spec:
  entrypoint: main
  volumeClaimTemplates: [{metadata: {name: work}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
  templates: [{name: main, container: {image: plain, command: [sh, -c], args: ["/bin/sleep 60"]}}]`

const configMap = (data: string): string => `
apiVersion: v1
kind: ConfigMap
metadata: {name: shared}
data: {${data}}`

const widgets = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.io}
spec:
  group: example.io
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wd]}
  versions:
  - {name: v1beta1, served: true, storage: false, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}, {name: Phase, type: string, jsonPath: .status.phase}]
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, required: [size], properties: {size: {type: integer, minimum: 1, description: How large it is}, color: {type: string, default: red}}}
          status: {type: object, properties: {phase: {type: string}}}`

const widget = (name: string, spec: string): string => `
apiVersion: example.io/v1
kind: Widget
metadata: {name: ${name}}
spec: ${spec}`

beforeAll(async () => {
  if (!hasKubectl) return
  server = await startServer()
  server.tiphys('kubeconfig', '--file', env.KUBECONFIG)
})
afterAll(async () => {
  if (hasKubectl) await server.stop()
  rmSync(home, { recursive: true, force: true })
})

describe.skipIf(!hasKubectl)('kubectl every day', () => {
  it('writes in every way that there is', () => {
    fine('apply -f -', template('one'))
    expect(fine('replace -f -', template('two'))).toBe('workflowtemplate.argoproj.io/tool replaced\n')
    const diff = kubectl('diff -f -', template('three'))
    expect([diff.status, diff.out]).toEqual([1, expect.stringMatching(/-.*image: two[\s\S]*\+.*image: three/)])
    expect(kubectl('diff -f -', template('two')).status).toBe(0)
    fine('label wftmpl tool team=blue')
    expect(kubectl('label wftmpl tool team=red').error).toContain('already has a value')
    fine('label wftmpl tool team=red --overwrite')
    fine('annotate wftmpl tool note=seen')
    fine(['patch', 'wftmpl', 'tool', '--type=json', '-p', '[{"op":"replace","path":"/spec/entrypoint","value":"other"}]'])
    fine(['patch', 'wftmpl', 'tool', '--type=merge', '-p', '{"spec":{"entrypoint":"main"}}'])
    const editor = join(home, 'editor')
    writeFileSync(editor, '#!/bin/sh\nsed -i s/two/edited/ "$1"\n', { mode: 0o755 })
    const edited = spawnSync('kubectl', ['edit', 'wftmpl', 'tool'], { encoding: 'utf8', env: { ...env, KUBE_EDITOR: editor } })
    expect(edited.stdout).toBe('workflowtemplate.argoproj.io/tool edited\n')
    expect(fine('get wftmpl tool -o jsonpath={.metadata.labels.team},{.metadata.annotations.note},{.spec.templates[0].container.image}')).toBe('red,seen,edited')
    expect(fine('get wftmpl tool -o jsonpath={.metadata.managedFields[*].manager} --show-managed-fields').split(' ').toSorted()).toEqual([
      'kubectl-annotate', 'kubectl-edit', 'kubectl-label', 'kubectl-patch',
    ].toSorted())
    expect(fine('delete wftmpl --all')).toContain('"tool" deleted')
  })

  it('shares objects between managers by server-side apply', () => {
    fine('apply --server-side --field-manager=one -f -', configMap('a: "1", b: "1"'))
    fine('apply --server-side --field-manager=two -f -', configMap('b: "1", c: "1"'))
    const clash = kubectl('apply --server-side --field-manager=two -f -', configMap('b: "2", c: "1"'))
    expect([clash.status, clash.error]).toEqual([1, expect.stringContaining('conflict with "one": .data.b')])
    fine('apply --server-side --field-manager=two --force-conflicts -f -', configMap('b: "2", c: "1"'))
    fine('apply --server-side --field-manager=one -f -', configMap(''))
    expect(fine('get cm shared -o jsonpath={.data}')).toBe('{"b":"2","c":"1"}')
  })

  it('gives roles and asks what they allow', () => {
    fine('create sa bob')
    fine('create role looker --verb=get,list --resource=pods,workflows.argoproj.io')
    fine('create rolebinding bob --role=looker --serviceaccount=default:bob')
    fine('create clusterrole nodes --verb=get --resource=nodes')
    fine('create clusterrolebinding viewers --clusterrole=view --user=alice')
    expect(fine('get rolebinding bob -o wide')).toMatch(/bob +Role\/looker +\S+ +default\/bob/)
    expect(fine('auth can-i list workflows --as=system:serviceaccount:default:bob')).toBe('yes\n')
    expect(kubectl('auth can-i delete workflows --as=system:serviceaccount:default:bob').out).toBe('no\n')
    expect(fine('auth can-i list secrets --as=alice --as-group=system:masters')).toBe('yes\n')
    expect(fine('auth can-i * *')).toBe('yes\n')
    const token = fine('create token bob').trim()
    expect(fine(`auth whoami --token=${token}`)).toContain('system:serviceaccount:default:bob')
    expect(fine(`auth can-i --list --token=${token}`)).toMatch(/workflows\.argoproj\.io +\[\] +\[\] +\[get list\]/)
    expect(kubectl(`get secrets --token=${token}`).error).toContain('secrets is forbidden')
    expect(fine('describe clusterrole view')).toContain('workflows.argoproj.io')
  })

  it('creates the other built-in kinds in their binary form', () => {
    expect(fine('create job once --image=busybox --dry-run=server -o name -- echo hi')).toBe('job.batch/once\n')
    expect(fine('create configmap binary --from-literal=a=b -o name')).toBe('configmap/binary\n')
    expect(fine('create namespace spare -o name')).toBe('namespace/spare\n')
    expect(fine('delete namespace spare --cascade=foreground')).toContain('"spare" deleted')
  })

  it('defines kinds that are served at once', () => {
    fine('apply -f -', widgets)
    fine('wait --for=condition=Established crd/widgets.example.io --timeout=10s')
    fine('create -f -', widget('a', '{size: 3}'))
    expect(kubectl('create -f -', widget('b', '{size: 0}')).error).toContain('spec.size in body should be greater than or equal to 1')
    expect(kubectl('create -f -', widget('b', '{size: 1, bogus: 1}')).error).toContain('unknown field "spec.bogus"')
    fine(['patch', 'wd', 'a', '--subresource=status', '--type=merge', '-p', '{"status":{"phase":"Good"},"spec":{"size":9}}'])
    expect(fine('get wd')).toMatch(/^NAME +SIZE +PHASE\na +3 +Good\n$/)
    expect(fine('get widgets.v1beta1.example.io a -o jsonpath={.apiVersion},{.spec.color}')).toBe('example.io/v1beta1,red')
    expect(fine('explain widget.spec.size')).toContain('How large it is')
    expect(fine('api-resources --api-group=example.io')).toMatch(/widgets +wd +example\.io\/v1 +true +Widget/)
    fine('delete crd widgets.example.io')
    expect(kubectl('get widgets.example.io').status).toBe(1)
  })

  it('deletes the pod of a step, which ends as on a cluster, and sees the claims of workflows', () => {
    fine('create -f -', sleeper('sleeper'))
    fine('wait --for=jsonpath={.status.phase}=Running pod/sleeper --timeout=20s')
    expect(fine('get pvc')).toMatch(/sleeper-work +Bound +pvc-\S+ +1Gi +RWO/)
    fine('label pod sleeper seen=yes')
    expect(fine('get pods -l seen=yes -o name')).toBe('pod/sleeper\n')
    expect(fine('delete pod sleeper')).toBe('pod "sleeper" deleted\n')
    fine('wait --for=jsonpath={.status.phase}=Error wf/sleeper --timeout=20s')
    expect(fine('get wf sleeper -o jsonpath={.status.message},{.status.nodes.sleeper.phase}')).toBe('pod deleted,Error')
    expect(kubectl('get pods').error).toContain('No resources found')
    fine('delete wf sleeper')
    fine('wait --for=delete pvc/sleeper-work --timeout=10s')
  })

  it('carries out jobs, also after a crash', async () => {
    fine('create job once --image=plain -- sh -c exit', '')
    fine('wait --for=condition=complete job/once --timeout=20s')
    const spec = { completions: 2, parallelism: 2, completionMode: 'Indexed', template: { spec: { restartPolicy: 'Never', containers: [{ name: 'work', image: 'plain', command: ['sh', '-c', 'echo "part $JOB_COMPLETION_INDEX"; /bin/sleep 2'] }] } } }
    fine('create -f -', JSON.stringify({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'parts' }, spec }))
    fine('wait --for=jsonpath={.status.phase}=Running pod -l job-name=parts --timeout=20s')
    await server.restart('SIGKILL')
    fine('wait --for=condition=complete job/parts --timeout=20s')
    expect(fine('logs -l job-name=parts').split('\n').toSorted()).toEqual(['', 'part 0', 'part 1'])
    expect(fine('get job parts')).toMatch(/parts +Complete +2\/2/)
    fine('delete job --all')
    fine('wait --for=delete pod -l job-name=parts --timeout=20s')
  })

  it('writes into workflows as on a cluster: the run goes on as it began', () => {
    fine('create -f -', sleeper('edited'))
    fine('wait --for=jsonpath={.status.phase}=Running wf/edited --timeout=20s')
    fine(['patch', 'wf', 'edited', '--type=merge', '-p', '{"spec":{"entrypoint":"elsewhere","priority":3}}'])
    expect(fine('get wf edited -o jsonpath={.spec.entrypoint},{.status.phase}')).toBe('elsewhere,Running')
    fine('delete wf edited')
  })

  it('keeps a deleted workflow while somebody holds it, and goes on with deletions after a crash', async () => {
    fine('create -f -', sleeper('held', ', finalizers: [example.io/hold]'))
    fine('wait --for=jsonpath={.status.phase}=Running wf/held --timeout=20s')
    fine('delete wf held --wait=false')
    fine('wait --for=jsonpath={.status.phase}=Failed wf/held --timeout=20s')
    fine('create -f -', sleeper('seen', ', finalizers: [example.io/hold]').replace('/bin/sleep 60', 'exit'))
    fine('wait --for=jsonpath={.status.phase}=Succeeded wf/seen --timeout=20s')
    const watching = ask(server, { path: `${WORKFLOWS}?watch=1&timeoutSeconds=2&fieldSelector=metadata.name%3Dseen&resourceVersion=${fine('get wf seen -o jsonpath={.metadata.resourceVersion}')}` })
    await ask(server, { method: 'DELETE', path: `${WORKFLOWS}/seen` })
    expect(JSON.parse((await watching).text.split('\n')[0] ?? '{}')).toMatchObject({ type: 'MODIFIED', object: { metadata: { deletionTimestamp: expect.any(String), finalizers: ['example.io/hold'] } } })
    fine(['patch', 'wf', 'seen', '--type=merge', '-p', '{"metadata":{"finalizers":null}}'])
    fine('create -f -', sleeper('leaving'))
    fine('wait --for=jsonpath={.status.phase}=Running wf/leaving --timeout=20s')
    await ask(server, { method: 'DELETE', path: `${WORKFLOWS}/leaving` })
    await server.restart('SIGKILL')
    fine('wait --for=delete wf/leaving --timeout=20s')
    expect(fine('get wf held -o jsonpath={.metadata.finalizers}')).toBe('["example.io/hold"]')
    expect(fine('get wf held -o jsonpath={.metadata.deletionTimestamp}')).toMatch(/^\d{4}-/)
    fine(['patch', 'wf', 'held', '--type=json', '-p', '[{"op":"remove","path":"/metadata/finalizers"}]'])
    fine('wait --for=delete wf/held --timeout=20s')
  })
})

describe.skipIf(!hasKubectl)('kubectl of other versions', () => {
  it.each(versions())('%s applies, explains and deletes', (program) => {
    rmSync(join(home, '.kube'), { recursive: true, force: true })
    const ok = (args: string, input?: string): string => {
      const answer = said(program, args, input)
      expect([answer.status, answer.out === '' ? answer.error : '']).toEqual([0, ''])
      return answer.out
    }
    expect(ok('apply -f -', template('one'))).toContain('created')
    expect(ok('apply -f -', template('two'))).toContain('configured')
    expect(ok('apply -f -', configMap('x: "1"')).trim()).toMatch(/^configmap\/shared (created|configured|unchanged)$/)
    expect(ok('explain wf.spec.entrypoint')).toContain('entrypoint <string>')
    expect(ok('get wftmpl')).toMatch(/^NAME +AGE\ntool +\d+s\n$/)
    expect(ok('delete wftmpl tool')).toContain('"tool" deleted')
  })
})
