// Owns `tiphys kubeconfig`: the way from a data directory to a kubeconfig that reaches its server.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { type Json, type JsonObject, isJsonArray, isJsonObject } from '@tiphys/core/kube'
import { composeYaml, emitYaml } from '@tiphys/core/spec'
import type { Invocation, Outcome } from '../flags/index.ts'
import { dataFolders } from '../local/home.ts'
import { readAccess, serverPlace } from './place.ts'

const NAME = 'tiphys'

export async function run({ flags, streams }: Invocation): Promise<Outcome> {
  const access = readAccess(serverPlace(dataFolders(flags.text('data-dir'), streams.env)))
  if (access === undefined) return { error: 'there was never a server of this data directory: start one with: tiphys server' }
  const own = entriesOf(access)
  if (flags.bool('print')) {
    streams.stdout(emitYaml(merged({}, own, true)))
    return { exit: 0 }
  }
  const path = flags.text('file') || firstPath(streams.env)
  const known = readConfig(path)
  if (!known.ok) return { error: known.message }
  write(path, emitYaml(merged(known.value, own, flags.bool('use'))))
  streams.stdout(`${path} has the context ${NAME} now\n`)
  return { exit: 0 }
}

function firstPath(env: Readonly<Record<string, string | undefined>>): string {
  const [first = ''] = (env['KUBECONFIG'] ?? '').split(delimiter)
  return first || join(env['HOME'] || homedir(), '.kube', 'config')
}

interface Entries {
  readonly clusters: JsonObject
  readonly users: JsonObject
  readonly contexts: JsonObject
}

function entriesOf({ address, token, authority }: NonNullable<ReturnType<typeof readAccess>>): Entries {
  return {
    clusters: { name: NAME, cluster: { server: address.kube, 'certificate-authority-data': Buffer.from(authority).toString('base64') } },
    users: { name: NAME, user: { token } },
    contexts: { name: NAME, context: { cluster: NAME, user: NAME, namespace: 'default' } },
  }
}

/** The configuration with our entries in place of those of the same name. */
export function merged(config: JsonObject, own: Entries, use: boolean): JsonObject {
  const withOwn = (list: Json | undefined, entry: JsonObject): Json => [...(isJsonArray(list) ? list : []).filter((item) => !isJsonObject(item) || item['name'] !== NAME), entry]
  const current = config['current-context']
  return {
    ...config, apiVersion: 'v1', kind: 'Config',
    clusters: withOwn(config['clusters'], own.clusters), users: withOwn(config['users'], own.users), contexts: withOwn(config['contexts'], own.contexts),
    'current-context': !use && typeof current === 'string' && current !== '' ? current : NAME,
  }
}

type ReadConfig = { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly message: string }

/** A file that cannot be understood is left alone. */
function readConfig(path: string): ReadConfig {
  if (!existsSync(path)) return { ok: true, value: {} }
  const composed = composeYaml(readFileSync(path, 'utf8'))
  if (composed.failure !== undefined) return { ok: false, message: `${path} cannot be read: ${composed.failure.message}` }
  const value = composed.value ?? {}
  return isJsonObject(value) ? { ok: true, value } : { ok: false, message: `${path} is no kubeconfig` }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const fresh = `${path}.${process.pid}`
  writeFileSync(fresh, text, { mode: 0o600 })
  renameSync(fresh, path)
}
