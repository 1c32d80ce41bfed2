// A report of the recorded exchanges for people who work on the REST API:
// `node --import tsx test/conformance-runs/rest-report.ts [--only REGEXP] [--show N] [--world FOLDER] [--speed N] [--list]`; a world that was made once is used again.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conformanceFolder } from '@tiphys/test/golden'
import { restDeviations } from './rest-deviations.ts'
import { type Exchange, openPlayer } from './rest-player.ts'
import { openRestServers } from './rest-servers.ts'
import { exchangeDifferences } from './rest-verdict.ts'

const args = process.argv.slice(2)
const valueOf = (flag: string): string | undefined => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined)
const print = (text: string): void => void process.stdout.write(`${text}\n`)
const [only, show, speed] = [new RegExp(valueOf('--only') ?? ''), Number(valueOf('--show') ?? 5), Number(valueOf('--speed') ?? 1)]

const conformance = conformanceFolder()
if (conformance === undefined) throw new Error('the conformance data are not there: set TIPHYS_CONFORMANCE to their folder')
const folder = join(conformance, 'rest')
const scratch = mkdtempSync(join(tmpdir(), 'tiphys-rest-'))
const data = join(scratch, 'data')
const kept = valueOf('--world')
const isMade = kept !== undefined && existsSync(kept)
if (isMade) cpSync(kept, data, { recursive: true })
if (!isMade) await makeWorld()
const servers = await openRestServers({ world: join(folder, 'world'), data, speed })
const player = openPlayer({ folder, scratch, env: servers.env, speed })
const counts = new Map<string, { equal: number; all: number }>()
const exchanges = readFileSync(join(folder, 'requests.jsonl'), 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Exchange)
for (const recorded of exchanges.filter(({ id }) => only.test(id))) await judge(recorded)
for (const [area, { equal, all }] of counts) print(`${area.padEnd(12)} ${equal}/${all}`)
const total = [...counts.values()].reduce((sum, { equal, all }) => ({ equal: sum.equal + equal, all: sum.all + all }), { equal: 0, all: 0 })
print(`${total.equal} of ${total.all} exchanges are equal`)
for (const trouble of new Set(servers.troubles)) print(`trouble: ${trouble}`)
await player.close()
await servers.close()
rmSync(scratch, { recursive: true, force: true })

async function makeWorld(): Promise<void> {
  const making = await openRestServers({ world: join(folder, 'world'), data, speed })
  const driver = openPlayer({ folder, scratch, env: making.env, speed })
  const made = await driver.makeWorld()
  await driver.close()
  await making.close()
  for (const trouble of making.troubles) print(`trouble: ${trouble}`)
  if (!made.ok) throw new Error(made.message)
  if (kept !== undefined) cpSync(data, kept, { recursive: true })
}

async function judge(recorded: Exchange): Promise<void> {
  const played = await player.play(recorded)
  const found = played.ok ? exchangeDifferences(recorded, played.exchange) : [played.message]
  const area = recorded.id.split('-')[0] ?? ''
  const count = counts.get(area) ?? { equal: 0, all: 0 }
  counts.set(area, { equal: count.equal + (found.length === 0 ? 1 : 0), all: count.all + 1 })
  if (found.length === 0) return
  print(`${recorded.id}${restDeviations.has(recorded.id) ? ' (a listed deviation)' : ''}`)
  if (!args.includes('--list')) for (const difference of found.slice(0, show)) print(`  ${difference}`)
}
