// Checks how errors of the database and of the way to it are told.
import { StorageError } from '@tiphys/shell/ports'
import { describe, expect, it } from 'vitest'
import { LostConnection, storageErrorOf } from './storage-error.ts'

/** As the driver throws what the database says. */
function said(code: string): Error {
  return Object.assign(new Error('said the database'), { code, severity: 'ERROR' })
}

describe('errors of PostgreSQL', () => {
  it.each([
    ['53100', 'full'], ['53300', 'busy'], ['55P03', 'busy'], ['25006', 'read_only'], ['42501', 'read_only'], ['3D000', 'cannot_open'], ['28P01', 'cannot_open'],
    ['23505', 'constraint'], ['54000', 'too_big'], ['58030', 'io'], ['XX001', 'damaged'], ['42601', 'internal'],
  ] as const)('%s is %s, and running the work again would not mend it', (state, code) => {
    const error = storageErrorOf(said(state))
    expect(error).toMatchObject({ code, engineCode: state })
    expect(error).not.toBeInstanceOf(LostConnection)
  })

  it.each(['57P01', '57P02', '57P03', '08006', '25P03'])('%s means that the session is gone, and the work can be run again', (state) => {
    expect(storageErrorOf(said(state))).toBeInstanceOf(LostConnection)
  })

  it('takes what has no code of the database for trouble of the network, and tells every address that failed', () => {
    const refused = Object.assign(new AggregateError([new Error('connect ECONNREFUSED ::1'), new Error('connect ECONNREFUSED 127.0.0.1')]), { code: 'ECONNREFUSED' })
    const error = storageErrorOf(refused)
    expect(error).toBeInstanceOf(LostConnection)
    expect(error.message).toBe('connect ECONNREFUSED ::1; connect ECONNREFUSED 127.0.0.1')
  })

  it('leaves an error that is told already as it is', () => {
    const error = new StorageError('closed', 'the store is closed')
    expect(storageErrorOf(error)).toBe(error)
  })
})
