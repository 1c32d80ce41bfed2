// Git artifacts, checked out of a real repository by the real command.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ArtifactContext } from '@tiphys/shell/ports'
import { createGitArtifactStore } from './git-store.ts'

const hasGit = ((): boolean => {
  try {
    execFileSync('git', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
const folder = mkdtempSync(join(tmpdir(), 'tiphys-git-'))
const repo = join(folder, 'repo')
const context: ArtifactContext = { namespace: 'default', secret: () => Promise.resolve(undefined) }
const git = (...argv: string[]): string => execFileSync('git', ['-C', repo, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...argv], { encoding: 'utf8' }).trim()

describe.skipIf(!hasGit)('git artifacts', () => {
  const store = createGitArtifactStore({ protocols: ['file'] })
  let first = ''
  let count = 0
  const load = async (location: object): Promise<string> => {
    const to = join(folder, `to${count++}`)
    const result = await store.load({ artifact: { name: 'g', git: { repo: `file://${repo}`, ...location } }, to }, context)
    if (!result.ok) throw new Error(`${result.problem.code} ${result.problem.message}`)
    return to
  }

  beforeAll(() => {
    execFileSync('git', ['init', '--quiet', '-b', 'main', repo])
    git('config', 'uploadpack.allowAnySHA1InWant', 'true')
    const commit = (text: string): void => {
      writeFileSync(join(repo, 'file'), text)
      git('add', 'file')
      git('commit', '--quiet', '-m', text)
    }
    commit('one')
    first = git('rev-parse', 'HEAD')
    git('tag', 'v1')
    commit('two')
    git('checkout', '--quiet', '-b', 'side')
    commit('side')
    git('checkout', '--quiet', 'main')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('checks out the default branch, a branch, a tag, a commit, with and without depth', async () => {
    const cases: readonly (readonly [object, string])[] = [
      [{}, 'two'], [{ branch: 'side', singleBranch: true }, 'side'], [{ revision: 'v1' }, 'one'], [{ revision: first }, 'one'],
      [{ revision: 'side' }, 'side'], [{ depth: 1 }, 'two'], [{ depth: 1, revision: 'side' }, 'side'], [{ depth: 1, revision: first }, 'one'],
    ]
    for (const [location, text] of cases) expect(readFileSync(join(await load(location), 'file'), 'utf8'), JSON.stringify(location)).toBe(text)
  })

  it('reports what does not exist', async () => {
    await expect(load({ repo: `file://${folder}/none` })).rejects.toThrow(/artifact_(not_found|unreachable) git:/)
    await expect(load({ revision: 'nope' })).rejects.toThrow(/git:/)
  })

  it('refuses values that git would read as options, and transports that are not allowed', async () => {
    await expect(load({ repo: '--upload-pack=touch /tmp/evil' })).rejects.toThrow('artifact_refused')
    await expect(load({ revision: '--help' })).rejects.toThrow('artifact_refused')
    await expect(load({ repo: 'ext::sh -c "touch evil"' })).rejects.toThrow(/git:/)
    const standard = createGitArtifactStore()
    expect(await standard.load({ artifact: { name: 'g', git: { repo: `file://${repo}` } }, to: join(folder, 'never') }, context)).toMatchObject({ ok: false })
    expect(existsSync(join(folder, 'never'))).toBe(false)
  })

  it('says that git is needed when it is missing', async () => {
    const without = createGitArtifactStore({ git: join(folder, 'no-git') })
    expect(await without.load({ artifact: { name: 'g', git: { repo: 'https://example.com/r' } }, to: join(folder, 'x') }, context)).toMatchObject({ problem: { code: 'artifact_unsupported' } })
  })
})
