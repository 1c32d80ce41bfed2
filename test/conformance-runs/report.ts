// A report of real runs for people who work on the engine or the runner: `node --import tsx test/conformance-runs/report.ts [TEXT] [--nodes]`.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { conformanceFolder } from '@tiphys/test/golden'
import { RealRuns } from '@tiphys/test/real'
import { loadExampleFiles } from './catalogue.ts'
import { factProblems } from './check-facts.ts'
import { type NormalForm, type Outcome, isRunnable, runExample } from './real-example.ts'
import { openWeb } from './web.ts'

const PROBLEM_CHARS_MAX = 400
const print = (text: string): void => void process.stdout.write(`${text}\n`)
const only = process.argv.slice(2).find((arg) => !arg.startsWith('--')) ?? ''
const folder = conformanceFolder()
if (folder === undefined) throw new Error('the conformance data are not there: set TIPHYS_CONFORMANCE to their folder')
const form = (await import(pathToFileURL(join(folder, 'golden/normal.mjs')).href)) as NormalForm
const around = { runs: new RealRuns(), form, web: await openWeb() }
const examples = loadExampleFiles(folder).flatMap((file) => file.examples).filter(({ file }) => file.includes(only))

for (const example of examples) {
  if (!isRunnable(example)) {
    print(`-       ${example.file}: ${example.needs.map(({ kind, what }) => `${kind}: ${what}`).join('; ')}`)
    continue
  }
  const started = Date.now()
  const outcome = await runExample(example, around)
  print(`${String(Date.now() - started).padStart(6)}  ${example.file}: ${outcome.run.workflow.status?.phase ?? ''}, ${basisOf(outcome)}`)
  for (const problem of await factProblems(example, outcome.run, around.runs)) print(`        ${problem.slice(0, PROBLEM_CHARS_MAX)}`)
  if (process.argv.includes('--nodes')) printNodes(outcome)
}
around.runs.close()
await around.web.close()

function basisOf({ scenario, fromReplay, run }: Outcome): string {
  if (!run.ended) return 'did not end'
  if (fromReplay.length > 0) return `differs from its replay:\n        ${fromReplay.slice(0, 8).join('\n        ')}`
  return scenario === undefined ? 'as its replay' : `as recorded in "${scenario}"`
}

function printNodes({ run }: Outcome): void {
  for (const { name, type, phase, message } of Object.values(run.workflow.status?.nodes ?? {})) {
    print(`        ${name} ${type} ${phase ?? ''} ${message ?? ''}`)
    const log = run.logs.get(name)
    if (log !== undefined) print(log.replace(/^/gm, '          | '))
  }
}
