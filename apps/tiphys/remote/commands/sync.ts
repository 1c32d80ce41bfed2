// Owns the commands of `tiphys sync`: limits of semaphores in ConfigMaps and in the database.
import { during } from '../failure.ts'
import { type Remote, namespaceFor, withServer } from '../remote.ts'
import { type SyncLimit, deleteLimit as remove, getLimit as get, setLimit } from '../services.ts'
import type { Invocation, Outcome } from '../../flags/index.ts'

type Run = (invocation: Invocation) => Promise<Outcome>

export const getLimit = limits(async (remote) => print(remote, await during('failed to get sync limit', get(remote.connection, target(remote)))))

export const createLimit = limits(async (remote) => change(remote, 'create'))
export const updateLimit = limits(async (remote) => change(remote, 'update'))

export const deleteLimit = limits(async (remote) => {
  await during('failed to delete sync limit', remove(remote.connection, target(remote)))
  remote.print('Sync limit deleted\n')
})

function limits(work: (remote: Remote) => Promise<void>): Run {
  return withServer(async (remote) => {
    await work(remote)
    return undefined
  })
}

const DATABASE = 1

function target(remote: Remote): Required<Omit<SyncLimit, 'limit'>> {
  const { flags, args } = remote
  return { namespace: namespaceFor(remote), key: args[0] ?? '', cmName: flags.text('cm-name'), type: flags.text('type').toUpperCase() === 'DATABASE' ? DATABASE : 0 }
}

async function change(remote: Remote, how: 'create' | 'update'): Promise<void> {
  const limit = await during(`failed to ${how} sync limit`, setLimit(remote.connection, how, { ...target(remote), limit: remote.flags.number('limit') }))
  remote.print(`Sync limit ${how}d\n`)
  print(remote, limit)
}

function print(remote: Remote, { key = '', cmName = '', namespace = '', limit = 0, type = 0 }: SyncLimit): void {
  const place = type === DATABASE ? '' : `ConfigMap Name: ${cmName}\n`
  remote.print(`Key: ${key}\nType: ${type === DATABASE ? 'database' : 'configmap'}\n${place}Namespace: ${namespace}\nLimit: ${limit}\n`)
}
