// Runs the benchmarks and prints each figure beside its floor. Arguments: names of suites; --small for the size that tests use; --record FILE to add a line of history.
import { appendFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { type Row, type Size, type Suite, holds, ratioOf } from './row.ts'
import { engineSuite } from './engine.ts'
import { runtimeSuite } from './durable.ts'
import { processSuite } from './process.ts'
import { serverSuite } from './server.ts'
import { simulateSuite } from './simulate.ts'
import { stateSuite } from './state.ts'
import { languagesSuite } from './languages.ts'

export const suites: readonly Suite[] = [languagesSuite, engineSuite, simulateSuite, stateSuite, runtimeSuite, processSuite, serverSuite]

function lineOf(row: Row): string {
  const ratio = ratioOf(row)
  const floor = row.floor === undefined ? '' : `  ${row.floor.what}: ${shown(row.floor.value)} ${row.unit} (x${(ratio ?? 0).toFixed(2)})`
  const gate = row.gate === undefined ? '' : `  gate ${row.gate.of === 'ratio' ? 'x' : ''}${row.gate.max}${holds(row) ? '' : ' MISSED'}`
  return `  ${row.name.padEnd(52)} ${shown(row.value).padStart(9)} ${row.unit.padEnd(6)}${floor}${gate}${row.hash === undefined ? '' : `  #${row.hash}`}`
}

const shown = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))

async function main(args: readonly string[]): Promise<void> {
  const size: Size = args.includes('--small') ? 'small' : 'full'
  const recordAt = args.indexOf('--record')
  const wanted = args.filter((arg, index) => !arg.startsWith('--') && (recordAt < 0 || index !== recordAt + 1))
  const all: Row[] = []
  for (const suite of suites) {
    if (wanted.length > 0 && !wanted.includes(suite.name)) continue
    process.stdout.write(`${suite.name}\n`)
    const rows = await suite.run(size)
    for (const row of rows) process.stdout.write(`${lineOf(row)}\n`)
    all.push(...rows)
  }
  const file = recordAt < 0 ? undefined : args[recordAt + 1]
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ commit: commit(), node: process.version, rows: all })}\n`)
  // Small sizes on a busy machine say nothing about a gate.
  if (size === 'full' && all.some((row) => !holds(row))) process.exitCode = 1
}

function commit(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
}

await main(process.argv.slice(2))
