// Prints the closing line of a proof run, "N passed, N failed, N skipped", from vitest's JSON report and the number of failed parts.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

type Report = {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[]
}

/**
 * The closing line. `partsFailed` counts failed parts of the run (install, `npm test`, quick start). A failed `npm test` whose
 * failure the report already shows is not counted again; without a report nothing has passed.
 */
export function tally(report: Report | undefined, partsFailed: number): string {
  if (report === undefined) return `0 passed, ${Math.max(partsFailed, 1)} failed, 0 skipped`
  // A file that cannot even be loaded has no tests to count, yet it failed.
  const filesFailed = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length
  const testsFailed = report.numFailedTests + filesFailed
  const failed = testsFailed + Math.max(partsFailed - (testsFailed > 0 ? 1 : 0), 0)
  return `${report.numPassedTests} passed, ${failed} failed, ${report.numPendingTests + report.numTodoTests} skipped`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , path = '', partsFailed = '0'] = process.argv
  const report: Report | undefined = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
  console.log(tally(report, Number(partsFailed)))
}
