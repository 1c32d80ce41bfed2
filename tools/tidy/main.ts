// Runs every check over the project and prints what it found: `node --import tsx tools/tidy/main.ts [--warnings | --table]`.
import { fileURLToPath } from 'node:url'
import { checkBans } from './bans.ts'
import { checkBudgets } from './budgets.ts'
import { checkCycles } from './cycles.ts'
import { checkHygiene } from './hygiene.ts'
import { checkImports } from './imports.ts'
import { checkLinks } from './links.ts'
import { type Finding, readProject } from './project.ts'
import { checkRules } from './rules.ts'
import { checkShape } from './shape.ts'
import { checkTable, renderTable } from './table.ts'
import { checkUnused } from './unused.ts'

const checks = [checkImports, checkCycles, checkBans, checkBudgets, checkShape, checkRules, checkLinks, checkHygiene, checkTable, checkUnused]

if (process.argv.includes('--table')) console.log(renderTable())
else report(process.argv.includes('--warnings'))

function report(withWarnings: boolean): void {
  const project = readProject(fileURLToPath(new URL('../..', import.meta.url)))
  const findings = checks.flatMap((check) => check(project)).sort(byPlace)
  const errors = findings.filter((finding) => finding.level === 'error')
  for (const finding of withWarnings ? findings : errors) console.log(render(finding))
  console.log(`tidy: ${project.files.size} files, ${errors.length} errors, ${findings.length - errors.length} warnings`)
  process.exitCode = errors.length === 0 ? 0 : 1
}

function render(finding: Finding): string {
  const mark = finding.level === 'warning' ? 'warning: ' : ''
  return `${finding.path}:${finding.line}: ${mark}${finding.rule}: ${finding.what}; ${finding.mend}`
}

function byPlace(a: Finding, b: Finding): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1
  return a.line - b.line
}
