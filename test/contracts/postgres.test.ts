// Runs the contracts of the state on PostgreSQL, where a server can be had.
import { openPostgresState, type PostgresOptions, type PostgresState } from '@tiphys/shell/adapters/postgres'
import { afterAll, describe, it } from 'vitest'
import { archiveContract } from './archive.ts'
import { objectsNow } from './object-store-kit.ts'
import { objectStoreContract } from './object-store.ts'
import { dropSchema, newSchema, type PostgresServer, startPostgres } from './postgres-server.ts'
import { runLogContract } from './run-log.ts'

interface StatePlace {
  open(owner: string, options?: Partial<PostgresOptions>): PostgresState
  remove(): void
}

function newPlace(server: PostgresServer): StatePlace {
  const schema = newSchema()
  return {
    open: (id, options) => openPostgresState(server.url, { schema, owner: { id, info: `info of ${id}` }, now: () => objectsNow, readersMax: 3, ...options }),
    remove: () => dropSchema(server, schema),
  }
}

const server = await startPostgres({ isDurable: false })
if (typeof server === 'string') {
  describe.skip('the contracts of the state on PostgreSQL', () => it(server, () => undefined))
} else {
  afterAll(() => server.close())
  runLogContract('PostgreSQL', () => newPlace(server))
  objectStoreContract('PostgreSQL', () => newPlace(server))
  archiveContract('PostgreSQL', () => {
    const place = newPlace(server)
    return { open: () => place.open('me'), remove: () => place.remove() }
  })
}
