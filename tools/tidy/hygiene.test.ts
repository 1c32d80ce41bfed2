// Proves that personal paths, package registries, download addresses and loose versions are found.
import { describe, expect, it } from 'vitest'
import { checkHygiene } from './hygiene.ts'
import { projectOf } from './project.ts'

// Assembled, so that this file does not hold what it looks for.
const personal = ['', 'Users', 'ada', 'code'].join('/')
const mounted = ['', 'work', 'data'].join('/')
const packageRegistry = ['registry', 'example', 'org'].join('.')

function rulesFor(path: string, text: string): string[] {
  return checkHygiene(projectOf({ [path]: text })).map((finding) => `${finding.line} ${finding.rule}`)
}

describe('what ties the project to a machine', () => {
  it('is found in code and documents', () => {
    expect(rulesFor('core/kube/a.ts', `\nconst a = '${personal}'`)).toEqual(['2 machine-path'])
    expect(rulesFor('docs/a.md', `See ${mounted}.`)).toEqual(['1 machine-path'])
    expect(rulesFor('.ci/run', `curl https://${packageRegistry}/x`)).toEqual(['1 registry-host'])
    expect(rulesFor('.npmrc', `registry=https://${packageRegistry}/`)).toEqual(['1 registry-host'])
  })

  it('leaves container paths in manifests, relative paths and image registries alone', () => {
    expect(rulesFor('examples/a.yaml', `mountPath: ${mounted}`)).toEqual([])
    expect(rulesFor('docs/a.md', `../..${mounted} and docs${mounted}, registry.k8s.io/pause, /home/user/x`)).toEqual([])
  })

  it('is found in the lock file as a download address', () => {
    expect(rulesFor('package-lock.json', '{\n"resolved": "https://example.com/a.tgz"\n}')).toEqual(['2 lock-address'])
    expect(rulesFor('package-lock.json', '{\n"resolved": "apps/tiphys"\n}')).toEqual([])
  })

  it('is found in dependencies as a range', () => {
    const dependencies = '{\n"dependencies": {\n"a": "^1.0.0",\n"b": "1.0.0",\n"c": "npm:d@7.0.2",\n"@tiphys/core": "*"\n}}'
    expect(rulesFor('shell/package.json', dependencies)).toEqual(['3 version-exact'])
  })
})
