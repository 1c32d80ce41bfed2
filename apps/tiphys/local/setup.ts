// Owns what a run was given beside its manifest, so that it can be taken up again without being given it again.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ImageMapping } from '@tiphys/shell/adapters/process'
import { type CatalogObject, ObjectCatalog } from '@tiphys/shell/runtime'
import type { DataFolders } from './home.ts'

export interface RunSetup {
  readonly objects: readonly CatalogObject[]
  readonly images: readonly ImageMapping[]
}

export const NO_SETUP: RunSetup = { objects: [], images: [] }

const setupPath = (folders: DataFolders, uid: string): string => join(folders.runner(uid), 'setup.json')

/** Objects may be secrets: the file is its user's alone. */
export function keepSetup(folders: DataFolders, uid: string, setup: RunSetup): void {
  if (setup.objects.length === 0 && setup.images.length === 0) return
  mkdirSync(folders.runner(uid), { recursive: true, mode: 0o700 })
  const path = setupPath(folders, uid)
  // Never half of it: a crash while it is written anew must not take away what the run was given at first.
  const fresh = `${path}.${process.pid}`
  writeFileSync(fresh, JSON.stringify(setup), { mode: 0o600, flush: true })
  renameSync(fresh, path)
}

export function readSetup(folders: DataFolders, uid: string): RunSetup {
  const path = setupPath(folders, uid)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as RunSetup) : NO_SETUP
}

/** What is given now wins over what was given at first: of two objects of one name, and of two mappings of one image, the later counts. */
export function joinSetups(first: RunSetup, now: RunSetup): RunSetup {
  return { objects: [...first.objects, ...now.objects], images: [...first.images, ...now.images] }
}

export function catalogOf({ objects }: RunSetup, namespace: string): ObjectCatalog {
  const catalog = new ObjectCatalog()
  for (const object of objects) catalog.put(object, namespace)
  return catalog
}
