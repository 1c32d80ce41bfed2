// Holds the Argo REST API against the recorded exchanges, over the recorded world, under the simulated runner.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { conformanceFolder } from '@tiphys/test/golden'
import { restDeviations } from './rest-deviations.ts'
import { type Exchange, type Player, openPlayer } from './rest-player.ts'
import { type RestServers, openRestServers } from './rest-servers.ts'
import { exchangeDifferences } from './rest-verdict.ts'

/** Seconds of the world that pass in one of ours. */
const SPEED = 8
const TIME_MAX = 600_000

const conformance = conformanceFolder()
const folder = join(conformance ?? '', 'rest')
const exchanges = conformance === undefined ? [] : readFileSync(join(folder, 'requests.jsonl'), 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Exchange)
const areaOf = ({ id }: Exchange): string => id.split('-')[0] ?? ''
const areas = [...new Set(exchanges.map(areaOf))]

describe.skipIf(conformance === undefined)('recorded exchanges with the reference server (the folder of recordings has to be there)', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'tiphys-rest-'))
  const differences = new Map<string, readonly string[]>()
  let servers: RestServers
  let player: Player

  beforeAll(async () => {
    servers = await openRestServers({ world: join(folder, 'world'), data: join(scratch, 'data'), speed: SPEED })
    player = openPlayer({ folder, scratch, env: servers.env, speed: SPEED })
    const made = await player.makeWorld()
    if (!made.ok) throw new Error(made.message)
    // One after the other: the later ones change what the earlier ones read.
    for (const recorded of exchanges) {
      const played = await player.play(recorded)
      differences.set(recorded.id, played.ok ? exchangeDifferences(recorded, played.exchange) : [played.message])
    }
  }, TIME_MAX)

  afterAll(async () => {
    await player.close()
    await servers.close()
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
  })

  it.each(areas)('%s', (area) => {
    const differing: Record<string, readonly string[]> = {}
    for (const { id } of exchanges.filter((exchange) => areaOf(exchange) === area)) {
      const found = differences.get(id) ?? ['was not played']
      if (found.length > 0 && !restDeviations.has(id)) differing[id] = found
      if (found.length === 0 && restDeviations.has(id)) differing[id] = ['is equal by now: take it off the list of deviations']
    }
    expect(differing).toEqual({})
  })

  it('has few deviations, all of exchanges that exist', () => {
    expect(restDeviations.size).toBeLessThan(20)
    const known = new Set(exchanges.map(({ id }) => id))
    expect([...restDeviations.keys()].filter((id) => !known.has(id))).toEqual([])
  })
})
