// A report of the recorded invocations for people who work on the command line:
// `node --import tsx test/conformance-runs/cli-report.ts [--only REGEXP] [--show LINES] [--world FOLDER] [--speed N] [--list] [--spawn]`; a world that was made once is used again.
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { conformanceFolder } from '@tiphys/test/golden'
import { cliDeviations } from './cli-deviations.ts'
import { type Transcript, openCliPlayer, readTranscripts } from './cli-player.ts'
import { runDifferences } from './cli-verdict.ts'
import { openRestServers } from './rest-servers.ts'

const args = process.argv.slice(2)
const valueOf = (flag: string): string | undefined => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined)
const print = (text: string): void => void process.stdout.write(`${text}\n`)
const [only, show, speed] = [new RegExp(valueOf('--only') ?? ''), Number(valueOf('--show') ?? 12), Number(valueOf('--speed') ?? 1)]
const GROUPS: ReadonlySet<string> = new Set(['template', 'cluster-template', 'cron', 'archive', 'sync'])

const conformance = conformanceFolder()
if (conformance === undefined) throw new Error('the conformance data are not there: set TIPHYS_CONFORMANCE to their folder')
const world = join(conformance, 'rest/world')
const scratch = mkdtempSync(join(tmpdir(), 'tiphys-cli-'))
const data = join(scratch, 'data')
const kept = valueOf('--world')
const isMade = kept !== undefined && existsSync(kept)
// Sockets cannot be copied, and are made anew.
const COPY = { recursive: true, filter: (path: string): boolean => !path.endsWith('.sock') }
if (isMade) cpSync(kept, data, COPY)
const program = args.includes('--spawn') ? { program: [process.execPath, resolve('apps/tiphys/bin/tiphys.js')] } : {}
// A clock that runs faster begins anew with each server: the world is made by the one that is asked.
const servers = await openRestServers({ world, data, speed })
const player = await openCliPlayer({ folder: conformance, scratch, servers, speed, ...program })
if (!isMade) await makeWorld()
const counts = new Map<string, { equal: number; all: number }>()
for (const transcript of readTranscripts(conformance).filter(({ id }) => only.test(id))) await judge(transcript)
for (const [command, { equal, all }] of counts) print(`${command.padEnd(18)} ${equal}/${all}`)
const sum = (pick: (count: { equal: number; all: number }) => number): number => [...counts.values()].reduce((total, count) => total + pick(count), 0)
print(`${sum(({ equal }) => equal)} of ${sum(({ all }) => all)} invocations are equal`)
for (const trouble of new Set(servers.troubles)) print(`trouble: ${trouble}`)
await player.close()
await servers.close()
rmSync(scratch, { recursive: true, force: true })

async function makeWorld(): Promise<void> {
  const made = await player.driver.makeWorld()
  if (!made.ok) print(`the world is not whole: ${made.message}`)
  if (made.ok && kept !== undefined) cpSync(data, kept, COPY)
}

async function judge(transcript: Transcript): Promise<void> {
  const found = await player.play(transcript).then((run) => runDifferences(transcript, run), (error: unknown) => [String(error instanceof Error ? error.stack : error)])
  const [first = '', second = ''] = transcript.args
  const command = GROUPS.has(first) ? `${first} ${second}` : first
  const count = counts.get(command) ?? { equal: 0, all: 0 }
  counts.set(command, { equal: count.equal + (found.length === 0 ? 1 : 0), all: count.all + 1 })
  if (found.length === 0) return
  print(`${transcript.id}: ${transcript.args.join(' ')}${cliDeviations.has(transcript.id) ? ' (a listed deviation)' : ''}`)
  if (!args.includes('--list')) for (const difference of found) print(difference.split('\n').slice(0, show).map((line) => `  ${line}`).join('\n'))
}
