// Owns where the server's configuration comes from: a file that may change, and the ConfigMap of Argo's name in the server itself.
import { readFile } from 'node:fs/promises'
import { unwatchFile, watchFile } from 'node:fs'
import { resourceOfKind } from '@tiphys/core/api'
import { type ConfigRead, readConfigFile, readConfigMap } from '@tiphys/core/controllers'
import type { Json } from '@tiphys/core/kube'
import type { ObjectStore, StoredObject } from '@tiphys/shell/ports'
import { ConfigSource, type Tell, followObjects, problemText } from '@tiphys/shell/runtime'

const CONFIG_MAPS = resourceOfKind('ConfigMap')
const LOOK_EVERY_MS = 1000

export interface ConfigPlace {
  /** Empty for none. */
  readonly file: string
  /** Name and namespace of the ConfigMap. */
  readonly name: string
  readonly namespace: string
}

export const configDefaults: ConfigPlace = { file: '', name: 'workflow-controller-configmap', namespace: 'argo' }

export interface Configuration {
  readonly source: ConfigSource
  close(): void
}

/** Reads everything once, then follows changes. Throws when the file cannot be used, for then nobody knows what was wanted; a ConfigMap is only told. */
export async function openConfiguration(place: ConfigPlace, objects: ObjectStore, tell: Tell): Promise<Configuration> {
  const source = new ConfigSource(tell)
  if (place.file !== '') {
    const read = await readConfig(place.file)
    if (!read.ok) throw new Error(`the configuration ${place.file} cannot be used: ${problemText(read.problems)}`)
    source.set('file', read)
  }
  const stop = new AbortController()
  const isOurs = ({ metadata }: StoredObject): boolean => metadata.name === place.name && metadata.namespace === place.namespace
  await followObjects(objects, CONFIG_MAPS, {
    signal: stop.signal,
    listener: {
      put: (object) => isOurs(object) && source.set('object', readConfigMap((object as { readonly data?: Json }).data ?? {})),
      gone: (object) => isOurs(object) && source.set('object', undefined),
    },
  })
  const changed = (): void => void readConfig(place.file).then((read) => source.set('file', read))
  if (place.file !== '') watchFile(place.file, { interval: LOOK_EVERY_MS, persistent: false }, changed)
  return {
    source,
    close: () => {
      stop.abort()
      if (place.file !== '') unwatchFile(place.file, changed)
    },
  }
}

async function readConfig(file: string): Promise<ConfigRead> {
  try {
    return readConfigFile(await readFile(file, 'utf8'))
  } catch (error) {
    return { ok: false, problems: [{ code: 'config_unreadable', message: error instanceof Error ? error.message : String(error) }] }
  }
}
