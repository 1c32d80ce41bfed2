// Artifacts over the life of a run, as a person sees them: kept, taken away with its end, taken away with it.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { root } from '../commands/index.ts'
import { execute } from '../flags/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'collected-'))
const data = join(folder, 'data')
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function tiphys(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const streams = { stdout: (text: string) => void (out += text), stderr: (text: string) => void (err += text), env: { ...process.env, TIPHYS_DATA_DIR: data } }
  return { code: await execute({ root }, args, streams), out, err }
}

const manifest = `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { name: gone }
spec:
  entrypoint: main
  artifactGC: { strategy: OnWorkflowDeletion }
  templates:
    - name: main
      container: { image: busybox, command: [sh, -c, 'echo text > /tmp/o'] }
      outputs:
        artifacts:
          - { name: soon, path: /tmp/o, artifactGC: { strategy: OnWorkflowCompletion } }
          - { name: late, path: /tmp/o }
          - { name: elsewhere, path: /tmp/o, s3: { endpoint: s3.example.com, bucket: shared, key: late.tgz } }
          - { name: never, path: /tmp/o, artifactGC: { strategy: Never } }
`

describe('artifacts over the life of a run', () => {
  it('AGC-6 go with its end, go with the run, or stay', async () => {
    writeFileSync(join(folder, 'w.yaml'), manifest)
    const run = await tiphys('run', join(folder, 'w.yaml'))
    expect(run).toMatchObject({ code: 0, err: expect.stringContaining('S3 bucket "shared"') })
    const pod = join(data, 'artifacts', 'trees', 'gone', 'gone')
    expect(readdirSync(pod).sort()).toEqual(['late.tgz', 'never.tgz'])
    const bucket = join(data, 'artifacts', 'buckets', 's3', 'shared', 'trees', 'late.tgz')
    expect(existsSync(bucket)).toBe(true)
    expect(await tiphys('delete', 'gone')).toMatchObject({ code: 0 })
    expect(readdirSync(pod)).toEqual(['never.tgz'])
    expect(existsSync(bucket)).toBe(false)
    expect((await tiphys('list')).out).not.toContain('gone')
  })
})
