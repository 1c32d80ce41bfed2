// Runs the built program as people do: several processes on one data directory, signals, and deaths without a word.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Program, built } from './program.ts'

/** A shell step. `$1` of the script is the folder in which the test leaves and finds marks. */
const shell = (name: string, script: string): string =>
  `    - name: ${name}\n      container: { image: busybox, command: [sh, -c, ${JSON.stringify(script)}] }\n`

const steps = (...names: readonly string[]): string => `    - name: main\n      steps:\n${names.map((name) => `        - [{ name: ${name}, template: ${name} }]\n`).join('')}`

describe.skipIf(!built)('the program', () => {
  let program: Program
  const mark = (name: string): string => join(program.folder, name)
  /** A step that waits until a mark is there, so that tests decide how long it takes. */
  const waitsFor = (name: string): string => `echo waiting for ${name}; while [ ! -e ${mark(name)} ]; do sleep 0.05; done; echo saw ${name}`

  beforeAll(() => {
    program = new Program()
  })
  afterAll(() => program.close())

  it('shows a run to other processes while it goes on, and lets them stop it so that its exit handler runs', async () => {
    const file = program.manifest('shared', `spec:\n  entrypoint: main\n  onExit: bye\n  templates:\n${steps('long', 'never')}${shell('long', waitsFor('never-there'))}${shell('never', 'true')}${shell('bye', 'echo bye {{workflow.status}}')}`)
    const run = program.start('run', file, '--log')
    await run.says('waiting for never-there')
    const follower = program.start('logs', 'shared', '-f')
    await follower.says('waiting for never-there')
    const [list, why] = await Promise.all([program.run('list', '--running', '-o', 'name'), program.run('why', 'shared', '-o', 'json')])
    expect(list.stdout).toBe('shared\n')
    expect(JSON.parse(why.stdout)).toMatchObject({ carried: true, waits: expect.arrayContaining([expect.objectContaining({ displayName: 'long', waitsFor: expect.objectContaining({ kind: 'pod', phase: 'Running' }) })]) })
    expect((await program.run('why', 'shared', 'never')).stdout).toBe('never has not begun: in template "main" it comes after long\n')
    expect(await program.run('stop', 'shared')).toMatchObject({ code: 0, stdout: 'workflow shared stopped\n' })
    const ended = await run.ended
    expect(ended.code).toBe(1)
    expect(ended.stdout).toContain('bye Failed')
    expect((await follower.ended).stdout).toMatch(/^shared-bye-\d+: bye Failed$/m)
    expect((await program.run('get', 'shared')).stdout).toMatch(/Message: +Stopped with strategy 'Stop'/)
    expect(await program.run('stop', 'shared')).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot shutdown a completed workflow') })
  })

  it('waits for a person: a value is asked for, set from another process, and the step resumed', async () => {
    const gate = '    - { name: gate, suspend: {}, outputs: { parameters: [{ name: decision, valueFrom: { supplied: {} } }] } }\n'
    const after = '    - { name: after, inputs: { parameters: [{ name: d }] }, container: { image: busybox, command: [echo, "decided {{inputs.parameters.d}}"] } }\n'
    const main = '    - name: main\n      steps:\n        - [{ name: gate, template: gate }]\n        - [{ name: after, template: after, arguments: { parameters: [{ name: d, value: "{{steps.gate.outputs.parameters.decision}}" }] } }]\n'
    const run = program.start('run', program.manifest('asked', `spec:\n  entrypoint: main\n  templates:\n${main}${gate}${after}`))
    await run.says('[0].gate  Running')
    const waiting = program.start('wait', 'asked')
    expect(await program.run('resume', 'asked')).toMatchObject({ code: 1, stderr: expect.stringContaining("raw output parameter 'decision' has not been set") })
    expect((await program.run('node', 'set', 'asked', '--node-field-selector', 'displayName=gate', '-p', 'decision=yes')).stdout).toBe('workflow values set\n')
    expect((await program.run('resume', 'asked')).stdout).toBe('workflow asked resumed\n')
    expect((await run.ended).code).toBe(0)
    expect(await waiting.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^asked Succeeded at /) })
    expect((await program.run('logs', 'asked')).stdout).toMatch(/decided yes/)
  })

  it('goes on after it was killed: what finished is kept, what still runs is found again', async () => {
    const count = `echo once >> ${mark('first-ran')}`
    const run = program.start('run', program.manifest('killed', `spec:\n  entrypoint: main\n  templates:\n${steps('first', 'second')}${shell('first', count)}${shell('second', `echo again >> ${mark('second-ran')}; ${waitsFor('go-on')}`)}`))
    await run.says('[1].second  Running')
    run.signal('SIGKILL')
    await run.ended
    expect((await program.run('why', 'killed')).stdout).toContain('no process carries it out')
    const resumed = program.start('run', '--resume', 'killed', '--log')
    await resumed.says('waiting for go-on')
    expect((await program.run('run', '--resume', 'killed')).stderr).toContain('carried out by another process')
    touch(mark('go-on'))
    expect((await resumed.ended).code).toBe(0)
    expect([readFileSync(mark('first-ran'), 'utf8'), readFileSync(mark('second-ran'), 'utf8')]).toEqual(['once\n', 'again\n'])
    expect((await program.run('run', '--resume', 'killed'))).toMatchObject({ code: 2, stderr: expect.stringContaining('has ended') })
  })

  it('ends the steps of a run whose process was killed when that run is terminated', async () => {
    const forever = `echo $$ > ${mark('pid')}; trap 'echo ended > ${mark('trapped')}; exit 3' TERM; while true; do sleep 0.05; done`
    const run = program.start('run', program.manifest('orphaned', `spec:\n  entrypoint: main\n  onExit: bye\n  templates:\n${steps('long')}${shell('long', `echo up; ${forever}`)}${shell('bye', `touch ${mark('handler-ran')}`)}`), '--log')
    await run.says('long-')
    run.signal('SIGKILL')
    await run.ended
    expect(await program.run('suspend', 'orphaned')).toMatchObject({ code: 0, stderr: expect.stringContaining('--resume orphaned') })
    expect((await program.run('list', '--running')).stdout).toMatch(/orphaned +Running \(Suspended\)/)
    expect(await program.run('terminate', 'orphaned')).toMatchObject({ code: 0, stdout: 'workflow orphaned terminated\n' })
    expect(existsSync(mark('trapped'))).toBe(true)
    expect(isRunning(Number(readFileSync(mark('pid'), 'utf8')))).toBe(false)
    expect(existsSync(mark('handler-ran'))).toBe(false)
    expect(readdirSync(join(program.data, 'sockets'))).toEqual([])
  })

  it('retries a failed run from where it failed, resubmits it with what it has, and deletes it with everything', async () => {
    const script = `[ -e ${mark('mended')} ] && echo mended || { echo broken; exit 7; }`
    const file = program.manifest('flaky', `spec:\n  entrypoint: main\n  templates:\n${steps('first', 'second')}${shell('first', 'echo first')}${shell('second', script)}`)
    expect(await program.run('run', file)).toMatchObject({ code: 1, stdout: expect.stringContaining('| broken') })
    expect(await program.run('run', file)).toMatchObject({ code: 2, stderr: expect.stringContaining('tiphys delete flaky') })
    expect((await program.run('why', 'flaky')).stdout).toMatch(/second +Failed[^]*exit code 7[^]*\| broken/)
    expect(await program.run('retry', 'flaky')).toMatchObject({ code: 1 })
    touch(mark('mended'))
    expect(await program.run('resubmit', 'flaky', '--memoized', '-o', 'name')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^flaky-\w+\n$/) })
    expect((await program.run('logs', '@latest')).stdout).not.toContain('first\n')
    expect(await program.run('retry', 'flaky')).toMatchObject({ code: 0 })
    const logs = (await program.run('logs', 'flaky', '--grep', 'broken|mended')).stdout
    expect(logs.split('\n').map((line) => line.split(': ')[1])).toEqual(['broken', 'broken', 'mended', undefined])
    expect((await program.run('retry', 'flaky'))).toMatchObject({ code: 1, stderr: expect.stringContaining('To retry a succeeded workflow') })
    expect((await program.run('delete', 'flaky', '--prefix', 'flaky-')).stdout.split('\n').toSorted().join('\n')).toMatch(/^\nWorkflow 'flaky' deleted\nWorkflow 'flaky-\w+' deleted$/)
    expect((await program.run('list', '--prefix', 'flaky')).stdout).toBe('No workflows found\n')
  })

  it('deletes a run that goes on: it is terminated first', async () => {
    const run = program.start('run', program.manifest('doomed', `spec:\n  entrypoint: main\n  templates:\n${steps('long')}${shell('long', waitsFor('never-there'))}`), '--log')
    await run.says('waiting for')
    const before = readdirSync(join(program.data, 'logs')).length
    expect((await program.run('delete', 'doomed')).stdout).toBe("Workflow 'doomed' deleted\n")
    expect((await run.ended).code).toBe(1)
    expect(readdirSync(join(program.data, 'logs')).length).toBe(before - 1)
    expect((await program.run('get', 'doomed')).code).toBe(1)
  })

  it('is stopped by Ctrl-C, and terminated by a second one', async () => {
    const file = (name: string): string => program.manifest(name, `spec:\n  entrypoint: main\n  onExit: bye\n  templates:\n${steps('long')}${shell('long', waitsFor('never-there'))}${shell('bye', `echo handling; ${waitsFor(`${name}-may-end`)}; echo handled`)}`)
    const stopped = program.start('run', file('stopped'), '--log')
    const terminated = program.start('run', file('terminated'), '--log')
    await Promise.all([stopped.says('waiting for'), terminated.says('waiting for')])
    stopped.signal('SIGINT')
    terminated.signal('SIGINT')
    await Promise.all([stopped.says('handling'), terminated.says('handling')])
    terminated.signal('SIGINT')
    expect(await terminated.ended).toMatchObject({ code: 1, stdout: expect.not.stringContaining('handled') })
    touch(mark('stopped-may-end'))
    expect(await stopped.ended).toMatchObject({ code: 1, stdout: expect.stringContaining('handled'), stderr: expect.stringContaining('press Ctrl-C again') })
  })

  it('says before and after that a step wants a cluster, and where there is one', async () => {
    const file = program.manifest('applies', 'spec:\n  entrypoint: main\n  templates:\n    - { name: main, resource: { action: get, manifest: "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}}" } }\n')
    expect(await program.run('run', file)).toMatchObject({ code: 1, stderr: expect.stringContaining('warning: template "main" acts on the API of a cluster'), stdout: expect.stringContaining('start tiphys server') })
  })

  it('runs a manifest from a URL', async () => {
    const manifest = readFileSync(program.manifest('fetched', `spec:\n  entrypoint: work\n  templates:\n${shell('work', 'true')}`))
    const server = createServer((request, response) => response.writeHead(request.url === '/w.yaml' ? 200 : 404).end(manifest))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    expect(await program.run('run', `http://127.0.0.1:${port}/w.yaml`, '-o', 'name')).toEqual({ code: 0, stdout: 'fetched\n', stderr: '' })
    expect(await program.run('run', `http://127.0.0.1:${port}/none.yaml`)).toMatchObject({ code: 2, stderr: expect.stringContaining('answered 404') })
    server.close()
  })

  it('draws a live tree on a terminal, with what steps print above it', async (context) => {
    const file = program.manifest('drawn', `spec:\n  entrypoint: main\n  templates:\n${steps('first', 'second')}${shell('first', 'echo from the first; sleep 0.3')}${shell('second', 'sleep 0.1')}`)
    const drawn = program.startOnTerminal('run', file, '--log')
    if (drawn === undefined) return context.skip('there is no program that makes terminals')
    const { code, stdout } = await drawn.ended
    expect(code).toBe(0)
    const codes = stdout.replaceAll('\u001b[0m', '')
    // The region is moved up over itself and its lines are cleared as it changes.
    expect(codes).toMatch(/\u001b\[\d+A\r/)
    expect(codes).toMatch(/drawn-first-\d+: from the first/)
    expect(codes).toMatch(/● first/)
    expect(codes).toMatch(/✔ .*drawn +.*Succeeded in/)
  })
})

function touch(path: string): void {
  writeFileSync(path, '')
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
