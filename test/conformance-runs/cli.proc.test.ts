// Holds the command line against the recorded invocations: most of them in this process, some as a program of its own, under a clock that runs faster.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { conformanceFolder } from '@tiphys/test/golden'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cliDeviations } from './cli-deviations.ts'
import { type CliPlayer, openCliPlayer, readTranscripts } from './cli-player.ts'
import { runDifferences } from './cli-verdict.ts'
import { type RestServers, openRestServers } from './rest-servers.ts'

const folder = conformanceFolder() ?? ''
const program = resolve(import.meta.dirname, '../../apps/tiphys/bin/tiphys.js')
const built = existsSync(resolve(import.meta.dirname, '../../apps/tiphys/dist'))
const SPEED = 20
const SPAWNED = 40
const WORLD_MS = 180_000
const INVOCATION_MS = 60_000

/** What depends on the time that the command line has, which is not that of the faster clock. */
const REAL_TIME: ReadonlySet<string> = new Set(['list-older-0'])

const transcripts = folder === '' ? [] : readTranscripts(folder).filter(({ id }) => !REAL_TIME.has(id))
/** Those that change nothing can be played twice. */
const reading = transcripts.filter(({ args, setup, exit }) => setup === undefined && exit !== 'killed' && ['list', 'get', 'logs', 'lint', 'version', 'template', 'cron', 'archive', 'convert', 'auth'].includes(args[0] ?? '') && !/create|update|delete|suspend|resume|backfill|retry|resubmit/.test(args.join(' ')))
const spawned = reading.filter((_, index) => index % Math.max(1, Math.floor(reading.length / SPAWNED)) === 0).slice(0, SPAWNED)

describe.skipIf(folder === '')('recorded invocations', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'tiphys-cli-'))
  let servers: RestServers
  let here: CliPlayer
  let apart: CliPlayer

  beforeAll(async () => {
    servers = await openRestServers({ world: join(folder, 'rest/world'), data: join(scratch, 'data'), speed: SPEED })
    here = await openCliPlayer({ folder, scratch, servers, speed: SPEED })
    apart = await openCliPlayer({ folder, scratch: join(scratch, 'apart'), servers, speed: SPEED, program: [process.execPath, program] })
    const made = await here.driver.makeWorld()
    if (!made.ok) throw new Error(made.message)
  }, WORLD_MS)

  afterAll(async () => {
    await apart.close()
    await here.close()
    await servers.close()
    rmSync(scratch, { recursive: true, force: true })
  })

  it.skipIf(!built).each(spawned.map((transcript) => [transcript.id, transcript] as const))('%s, as a program', async (id, transcript) => {
    const found = runDifferences(transcript, await apart.play(transcript))
    if (!cliDeviations.has(id)) expect(found).toEqual([])
  }, INVOCATION_MS)

  it.each(transcripts.map((transcript) => [transcript.id, transcript] as const))('%s', async (id, transcript) => {
    const found = runDifferences(transcript, await here.play(transcript))
    if (cliDeviations.has(id)) expect(found, 'a listed deviation that is none').not.toEqual([])
    else expect(found).toEqual([])
  }, INVOCATION_MS)

  it('no deviation is listed for what is not recorded', () => {
    const ids = new Set(transcripts.map(({ id }) => id))
    expect([...cliDeviations.keys()].filter((id) => !ids.has(id))).toEqual([])
  })
})
