// Warns of dependencies that a shipped workspace declares and no shipped source imports.
import { importsOf } from './imports.ts'
import type { Finding, Project } from './project.ts'

const shippedManifest = /^(core|shell|apps\/[^/]+)\/package\.json$/
const shippedSource = /^(core|shell|apps)\//

export function checkUnused(project: Project): Finding[] {
  const shipped = project.sources.filter((source) => shippedSource.test(source.path) && !source.isTest)
  const imported = new Set(shipped.flatMap((source) => importsOf(source).map((use) => use.specifier)))
  const findings: Finding[] = []
  for (const [path, text] of project.files) {
    if (!shippedManifest.test(path)) continue
    const manifest: { dependencies?: Record<string, string> } = JSON.parse(text)
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      if (imported.has(name)) continue
      const line = text.split('\n').findIndex((row) => row.includes(`"${name}"`)) + 1
      findings.push({ path, line, level: 'warning', rule: 'dependency-unused', what: `nothing that ships imports "${name}"`, mend: 'remove it, or move it to devDependencies if tests use it' })
    }
  }
  return findings
}
