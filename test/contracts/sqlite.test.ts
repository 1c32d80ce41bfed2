// Runs the contracts of the embedded state on each SQLite engine that this machine has.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EngineName, engines, openDatabase, openState, type State, type StateOptions } from '@tiphys/shell/adapters/sqlite'
import { archiveContract } from './archive.ts'
import { dbContract } from './db.ts'
import { objectsNow } from './object-store-kit.ts'
import { lockStoreContract } from './lock-store.ts'
import { objectStoreContract } from './object-store.ts'
import { runLogContract } from './run-log.ts'
import { runRequestsContract } from './run-requests.ts'

/** What these tests prove does not need a real disk, and thousands of flushes would only make them slow; crashes are proven on one. */
const scratch = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

interface StatePlace {
  open(owner: string, options?: Partial<StateOptions>): State
  remove(): void
}

function newPlace(engine: EngineName): StatePlace {
  const directory = mkdtempSync(join(scratch, 'tiphys-state-'))
  return {
    open: (id, options) => openState(directory, { engine, owner: { id, info: `info of ${id}` }, now: () => objectsNow, ...options }),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

for (const engine of engines()) {
  dbContract(engine, (path, options) => openDatabase(path, { engine, ...options }))
  runLogContract(engine, () => newPlace(engine))
  lockStoreContract(engine, () => newPlace(engine))
  runRequestsContract(engine, () => newPlace(engine))
  objectStoreContract(engine, () => newPlace(engine))
  archiveContract(engine, () => {
    const place = newPlace(engine)
    return { open: () => place.open('me'), remove: () => place.remove() }
  })
}
