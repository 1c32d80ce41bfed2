// Every way of making a private view keeps a step's files to itself.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makeView, type ViewTools } from './private-view.ts'
import { detectViews } from './view-detection.ts'
import { placeOf } from './view-layout.ts'

const folder = mkdtempSync(join(tmpdir(), 'tiphys-view-'))
mkdirSync(join(folder, 'state'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('private views', () => {
  const paths = { shell: '/bin/sh', unshare: whereIs('unshare'), mount: whereIs('mount'), bwrap: whereIs('bwrap') }
  const kinds: ViewTools['kind'][] = ['overlay', 'user-namespace', 'bubblewrap']

  it.each(kinds)('%s: writes stay in the view, volumes are shared, links do not lead out', (kind) => {
    const detection = detectViews(join(folder, 'state'), { ...paths, unshare: kind === 'bubblewrap' ? '' : paths.unshare, bwrap: kind === 'bubblewrap' ? paths.bwrap : '' })
    if (!('tools' in detection)) return expect(detection.problem).not.toBe('')
    const tools: ViewTools = { ...detection.tools, kind }
    const volume = join(folder, `volume-${kind}`)
    mkdirSync(volume)
    const view = makeView({ folder: join(folder, `view-${kind}`), tools, rootfs: undefined, binds: [{ target: '/data/in', source: volume, readOnly: false }], hidden: [join(folder, 'state')], shown: [] })
    const script = 'echo mine >/tmp/x; echo shared >/data/in/y; ln -s /etc /tmp/etc; mkdir -p /workspace/a; echo z >/workspace/a/b; pwd'
    const done = spawnSync('/bin/sh', ['-c', view.enter(['sh', '-c', script], '/some/where', [])], { encoding: 'utf8' })
    expect(done).toMatchObject({ status: 0, stdout: '/some/where\n' })
    expect(existsSync('/tmp/x') || existsSync('/workspace/a/b')).toBe(false)
    expect(readFileSync(join(volume, 'y'), 'utf8')).toBe('shared\n')
    expect(readFileSync(placeOf(view.layout, '/tmp/x').host ?? '', 'utf8')).toBe('mine\n')
    expect(readFileSync(placeOf(view.layout, '/workspace/a/b').host ?? '', 'utf8')).toBe('z\n')
    expect(placeOf(view.layout, '/tmp/etc/passwd')).toEqual({ path: '/etc/passwd', host: undefined })
    expect(placeOf(view.layout, '/etc/hostname').host).toBeUndefined()
  })

  it('a host that can make none says so, with the step and the way out', async () => {
    expect(detectViews(join(folder, 'state'), { shell: '/bin/sh', unshare: '', mount: '', bwrap: '' })).toMatchObject({ problem: expect.stringContaining('unshare') })
    expect(detectViews(join(folder, 'state'), { shell: '/bin/sh', unshare: '/bin/false', mount: '/bin/false', bwrap: '/bin/false' })).toMatchObject({ problem: expect.stringMatching(/user-namespace: .*bubblewrap: /) })
  })

  function whereIs(program: string): string {
    return spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim()
  }
})
