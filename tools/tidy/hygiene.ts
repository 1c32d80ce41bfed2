// Checks that the project names no particular machine: no personal paths, no package registry, no download addresses, exact versions.
import type { Finding, Project } from './project.ts'

type Verdict = Pick<Finding, 'rule' | 'what' | 'mend'>

// Containers mount volumes at such paths, so manifests may name them; code and documents have no reason to.
const machinePath = /(?<![\w.$}-])\/(work|Users|home)\/(?!(?:user|runner|node|argo|jovyan|nonroot)\b)[\w.-]+/
const registry = /\bregistry\.(?!k8s\b)[\w-]+\.(?:org|com|net|io|dev)\b|\bpypi\.(?:org|python)\b|\bpythonhosted\b|\bnpmmirror\b|\bproxy\.golang\b/
const exactVersion = /^(?:npm:(?:@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/
const manifest = /(^|\/)package\.json$/
const dependencyKinds = ['dependencies', 'devDependencies', 'optionalDependencies']

export function checkHygiene(project: Project): Finding[] {
  const findings: Finding[] = []
  for (const [path, text] of project.files) {
    if (path === 'package-lock.json') findings.push(...checkLines(path, text, lockedAddress))
    else if (/\.ya?ml$/.test(path)) findings.push(...checkLines(path, text, namedRegistry))
    else findings.push(...checkLines(path, text, namedMachine), ...checkLines(path, text, namedRegistry))
    if (manifest.test(path)) findings.push(...checkVersions(path, text))
  }
  return findings
}

function checkLines(path: string, text: string, check: (line: string) => Verdict | undefined): Finding[] {
  return text.split('\n').flatMap((line, i) => {
    const verdict = check(line)
    return verdict === undefined ? [] : [{ path, line: i + 1, level: 'error' as const, ...verdict }]
  })
}

function namedMachine(line: string): Verdict | undefined {
  const found = machinePath.exec(line)?.[0]
  if (found === undefined) return undefined
  return { rule: 'machine-path', what: `"${found}" is a path of one machine`, mend: 'write it relative to the project, or use a path that means nothing elsewhere, such as /data' }
}

function namedRegistry(line: string): Verdict | undefined {
  const found = registry.exec(line)?.[0]
  if (found === undefined) return undefined
  return { rule: 'registry-host', what: `"${found}" is a package registry`, mend: "leave the choice of registry to the user's own configuration" }
}

function lockedAddress(line: string): Verdict | undefined {
  const found = /"resolved": "((?:https?|git)[^"]*)"/.exec(line)?.[1]
  if (found === undefined) return undefined
  return { rule: 'lock-address', what: `the lock file holds the address ${found}`, mend: 'install with omit-lockfile-registry-resolved=true, as .npmrc says' }
}

function checkVersions(path: string, text: string): Finding[] {
  const parsed: unknown = JSON.parse(text)
  if (typeof parsed !== 'object' || parsed === null) return []
  const lines = text.split('\n')
  return Object.entries(parsed).filter(([kind]) => dependencyKinds.includes(kind)).flatMap(([, versions]) =>
    Object.entries(versions ?? {}).filter(([name, version]) => !name.startsWith('@tiphys/') && !exactVersion.test(String(version))).map(([name, version]) => ({
      path,
      line: lines.findIndex((line) => line.includes(`"${name}"`)) + 1,
      level: 'error' as const,
      rule: 'version-exact',
      what: `"${name}" is declared as "${String(version)}"`,
      mend: 'pin one exact version',
    })))
}
