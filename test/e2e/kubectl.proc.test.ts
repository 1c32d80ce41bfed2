// Proves that the real kubectl works with the server: the tutorial's commands and what people do every day.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestServer, startServer } from './server.ts'

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0
const seeds = join(process.env['TIPHYS_CONFORMANCE'] ?? resolve(import.meta.dirname, '../../../shared/conformance'), 'seeds')
const home = mkdtempSync(join(tmpdir(), 'tiphys-kubectl-'))
let server: TestServer

interface Said {
  readonly out: string
  readonly error: string
  readonly status: number | null
}

const env = { ...process.env, HOME: home, KUBECONFIG: join(home, 'config') }

function kubectl(args: string, input?: string): Said {
  const { stdout, stderr, status } = spawnSync('kubectl', args.split(' '), { encoding: 'utf8', env, input: input ?? '', timeout: 30_000 })
  return { out: stdout, error: stderr, status }
}

const fine = (args: string, input?: string): string => {
  const said = kubectl(args, input)
  expect(said.error).toBe('')
  expect(said.status).toBe(0)
  return said.out
}

const seed = (name: string): string => readFileSync(join(seeds, `${name}.yaml`), 'utf8')

const template = (text: string): string => `
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: greeter}
spec:
  entrypoint: main
  templates: [{name: main, container: {image: alpine, command: [echo], args: [${text}]}}]`

const slow = (name: string): string => `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: ${name}, labels: {speed: slow}}
spec:
  entrypoint: main
  templates:
  - name: main
    steps: [[{name: print, template: print}], [{name: hold, template: hold}]]
  - {name: hold, suspend: {}}
  - {name: print, container: {image: plain, command: [sh, -c], args: ["for i in 1 2 3 4; do echo line $i; /bin/sleep 0.3; done"]}}`

beforeAll(async () => {
  if (!hasKubectl) return
  server = await startServer()
  expect(server.tiphys('kubeconfig', '--file', env.KUBECONFIG).status).toBe(0)
})
afterAll(async () => {
  if (hasKubectl) await server.stop()
  rmSync(home, { recursive: true, force: true })
})

describe.skipIf(!hasKubectl)('kubectl', () => {
  it.skipIf(!spawnSync('ls', [seeds]).stdout?.length)('walks through the tutorial', () => {
    expect(fine('create -f -', seed('01-hello-whalesay'))).toBe('workflow.argoproj.io/01-hello-whalesay created\n')
    fine('create -f -', seed('02-steps'))
    fine('create -f -', seed('03-exit-handler'))
    for (const name of ['01-hello-whalesay', '02-steps', '03-exit-handler']) fine(`wait --for=jsonpath={.status.phase}=Succeeded workflow/${name} --timeout=25s`)
    expect(fine('get workflow')).toMatch(/^NAME +STATUS +AGE +MESSAGE\n01-hello-whalesay +Succeeded +\d+s *\n02-steps +Succeeded +\d+s *\n03-exit-handler +Succeeded +\d+s *\n$/)
    expect(fine('get workflow --chunk-size=1 -o name').trim().split('\n')).toHaveLength(3)
    expect(fine('get workflow -l workflows.argoproj.io/phase=Succeeded --field-selector metadata.name=02-steps -o name')).toBe('workflow.argoproj.io/02-steps\n')
    expect(fine('describe workflow 02-steps')).toMatch(/Phase: +Succeeded[\s\S]*Events:[\s\S]*WorkflowRunning[\s\S]*WorkflowSucceeded/)
    expect(fine('get pod')).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE\n01-hello-whalesay +0\/1 +Completed +0 /)
    expect(fine('get pod -l workflows.argoproj.io/workflow=02-steps -o name').trim().split('\n')).toHaveLength(3)
    expect(fine('logs 01-hello-whalesay -c main')).toContain('< hello world >')
    const again = kubectl('create -f -', seed('01-hello-whalesay'))
    expect([again.status, again.error]).toEqual([1, expect.stringContaining('workflows.argoproj.io "01-hello-whalesay" already exists')])
    expect(fine('delete wf --all')).toContain('workflow.argoproj.io "03-exit-handler" deleted')
    expect(kubectl('get workflow').error).toContain('No resources found')
    fine('wait --for=delete pod --all --timeout=10s')
    expect(kubectl('get pod').error).toContain('No resources found')
  })

  it('applies, changes and replaces templates, and runs what refers to them', () => {
    expect(fine('apply -f -', template('one'))).toBe('workflowtemplate.argoproj.io/greeter created\n')
    expect(fine('apply -f -', template('two'))).toBe('workflowtemplate.argoproj.io/greeter configured\n')
    expect(fine('apply -f -', template('two'))).toBe('workflowtemplate.argoproj.io/greeter unchanged\n')
    expect(fine('apply --server-side --force-conflicts -f -', template('two'))).toBe('workflowtemplate.argoproj.io/greeter serverside-applied\n')
    const manifest = '{"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","metadata":{"generateName":"g-"},"spec":{"workflowTemplateRef":{"name":"greeter"}}}'
    const name = fine('create -f - -o name', manifest).trim()
    fine(`wait --for=jsonpath={.status.phase}=Succeeded ${name} --timeout=25s`)
    expect(fine(`logs ${name.split('/')[1] ?? ''}`)).toBe('two\n')
    fine('delete wf --all')
  })

  it('follows a workflow while it runs', async () => {
    let seen = ''
    fine('create -f -', slow('slow'))
    const follower = spawn('kubectl', ['get', 'wf', '-w', '--request-timeout=20s'], { env })
    follower.stdout.on('data', (chunk: Buffer) => { seen += chunk.toString() })
    fine('wait --for=jsonpath={.status.phase}=Running pod -l workflows.argoproj.io/workflow=slow --timeout=20s')
    expect(fine('get pod -l workflows.argoproj.io/workflow=slow')).toMatch(/ 1\/1 +Running +0 /)
    const pod = fine('get pod -l workflows.argoproj.io/workflow=slow -o jsonpath={.items[0].metadata.name}')
    expect(fine(`logs -f ${pod} -c main`)).toBe('line 1\nline 2\nline 3\nline 4\n')
    expect(fine(`logs ${pod} --tail=1 --timestamps`)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z line 4\n$/)
    fine('label wf slow team=blue')
    fine('annotate wf slow note=seen')
    expect(fine('get wf -l team=blue,speed=slow -o jsonpath={.items[*].metadata.annotations.note}')).toBe('seen')
    fine('patch wf slow --type merge -p {"spec":{"suspend":true}}')
    fine('patch wf slow --type merge -p {"spec":{"suspend":null}}')
    expect(fine('get wf slow -o jsonpath={.status.phase}')).toBe('Running')
    fine('patch wf slow --type merge -p {"spec":{"shutdown":"Stop"}}')
    fine('wait --for=jsonpath={.status.phase}=Failed wf/slow --timeout=20s')
    expect(fine('get wf -l team=blue -o name')).toBe('workflow.argoproj.io/slow\n')
    const closed = once(follower, 'close')
    follower.kill('SIGKILL')
    await closed
    expect(seen).toMatch(/^NAME +STATUS +AGE +MESSAGE\nslow +/)
    expect(fine('delete wf slow')).toBe('workflow.argoproj.io "slow" deleted\n')
  })

  it('creates data objects in its binary form, and deletes a namespace with all that is in it', () => {
    fine('create namespace team')
    expect(kubectl('create namespace team').status).toBe(1)
    fine('create configmap settings --from-literal=greeting=h\u00e9llo -n team')
    fine('create secret generic keys --from-literal=key=value -n team')
    expect(fine('get configmap settings -n team -o jsonpath={.data.greeting}')).toBe('h\u00e9llo')
    expect(fine('get secret keys -n team -o jsonpath={.data.key}')).toBe(Buffer.from('value').toString('base64'))
    fine('patch configmap settings -n team -p {"data":{"more":"1"}}')
    expect(fine('get cm settings -n team')).toMatch(/settings +2 +\d+s/)
    fine('delete namespace team')
    fine('create namespace team')
    expect(kubectl('get configmap settings -n team').error).toContain('NotFound')
  })

  it('refuses what Kubernetes refuses', () => {
    const bogus = '{"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","metadata":{"name":"b"},"spec":{"entrypint":"x"}}'
    expect(kubectl('create -f -', bogus).error).toContain('unknown field "spec.entrypint"')
    expect(kubectl('get wf nothing').error).toContain('workflows.argoproj.io "nothing" not found')
    expect(kubectl('get cm -n nowhere').error).toContain('No resources found in nowhere')
    expect(kubectl('create cm x -n nowhere').error).toContain('namespaces "nowhere" not found')
    expect(fine('explain workflow.spec.entrypoint')).toContain('FIELD: entrypoint <string>')
  })

  it('finds again after kill -9 what was under way, which ends once', async () => {
    fine('create -f -', slow('survivor'))
    fine('wait --for=jsonpath={.status.phase}=Running pod -l workflows.argoproj.io/workflow=survivor --timeout=20s')
    await server.restart('SIGKILL')
    fine('wait --for=jsonpath={.status.phase}=Succeeded pod -l workflows.argoproj.io/workflow=survivor --timeout=20s')
    expect(fine('get wf survivor -o jsonpath={.status.phase}')).toBe('Running')
    expect(fine('get pod -l workflows.argoproj.io/workflow=survivor -o name').trim().split('\n')).toHaveLength(1)
    fine('delete wf survivor')
  })
})
