// A report of the recorded runs for people who work on the engine: `node --import tsx test/golden/report.ts [--only TEXT] [--show N] [--kind TEXT] [--full] [--list] [--slow] [--pods]`.
import { performance } from 'node:perf_hooks'
import { conformanceFolder, loadCases, loadDifferences } from './cases.ts'
import { deviations } from './deviations.ts'
import { createdPods, loadPods, podDifferences } from './pods.ts'
import { type Verdict, judge } from './verdict.ts'

const args = process.argv.slice(2)
const valueOf = (flag: string): string | undefined => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined)
const only = valueOf('--only') ?? ''
const kind = valueOf('--kind') ?? ''
const show = Number(valueOf('--show') ?? (args.includes('--full') ? 1000 : 6))
const print = (text: string): void => void process.stdout.write(`${text}\n`)

const folder = conformanceFolder()
if (folder === undefined) throw new Error('the recordings are not there: set TIPHYS_CONFORMANCE to their folder')
if (args.includes('--pods')) {
  reportPods(folder)
  process.exit(0)
}
const differencesOf = await loadDifferences(folder)
const cases = loadCases(folder, only)
const before = performance.now()
const times: { id: string; ms: number; turns: number }[] = []
const verdicts = cases.map((recorded) => {
  const from = performance.now()
  const verdict = judge(recorded, differencesOf)
  times.push({ id: recorded.id, ms: performance.now() - from, turns: verdict.result?.turns ?? 0 })
  return verdict
})
const took = performance.now() - before
const failed = verdicts.filter((verdict) => verdict.differences.length > 0)
if (args.includes('--list')) for (const { recorded, differences } of failed) print(`${recorded.id}\t${differences.length}`)
else printGroups(failed.filter((verdict) => verdict.kind.includes(kind) || verdict.differences.some((text) => text.includes(kind))))
if (args.includes('--slow')) {
  for (const { id, ms, turns } of times.sort((a, b) => b.ms - a.ms).slice(0, show)) print(`${ms.toFixed(0).padStart(7)} ms ${String(turns).padStart(6)} turns  ${id}`)
}
const listed = failed.filter(({ recorded }) => deviations.has(recorded.id)).length
print(`${verdicts.length - failed.length} of ${verdicts.length} runs are equal, ${failed.length} differ (${listed} of them are listed deviations); ${took.toFixed(0)} ms`)

function reportPods(from: string): void {
  let equal = 0
  let count = 0
  for (const file of loadPods(from, only)) {
    const created = createdPods(file)
    for (const pod of file.pods) {
      count += 1
      const differences = podDifferences(pod, created)
      if (differences.length === 0) equal += 1
      else print([pod.id, ...differences.slice(0, show).map((text) => `     - ${text.slice(0, args.includes('--full') ? 5000 : 400)}`)].join('\n'))
    }
  }
  print(`${equal} of ${count} pods are equal`)
}

function printGroups(list: readonly Verdict[]): void {
  const groups = new Map<string, Verdict[]>()
  for (const verdict of list) groups.set(verdict.kind, [...(groups.get(verdict.kind) ?? []), verdict])
  const sorted = [...groups].sort(([, a], [, b]) => a.length - b.length)
  for (const [name, members] of sorted) {
    members.sort((a, b) => a.differences.length - b.differences.length)
    const simplest = members[0]
    if (simplest === undefined) continue
    print(`\n== ${members.length} × ${name}`)
    for (const { recorded, differences } of members.slice(0, show)) print(`   ${recorded.id} (${differences.length})`)
    if (members.length > show) print(`   … and ${members.length - show} more`)
    print(`   e.g. ${simplest.recorded.manifest} stubs ${JSON.stringify(simplest.recorded.run.stubs).slice(0, 600)}`)
    for (const difference of simplest.differences.slice(0, show)) print(`     - ${difference.slice(0, args.includes('--full') ? 5000 : 400)}`)
  }
}
