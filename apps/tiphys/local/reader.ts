// Owns opening a data directory to look at it: one that is not there yet is empty, and looking makes none.
import type { Invocation } from '../flags/index.ts'
import { type DataFolders, dataFolders } from './home.ts'
import { type LocalSession, hasState, openSession } from './session.ts'

export interface Looking extends LocalSession {
  /** The namespace that was asked for; undefined for any. */
  readonly namespace: string | undefined
}

/** Lets `work` look, or change what others carry out; `empty` answers where nothing is. */
export async function look<T>(invocation: Invocation, work: (session: Looking) => Promise<T>, empty: () => T): Promise<T> {
  return inside(invocation, { use: 'look', work, empty })
}

/** The same for work that may have to carry a run to its end. */
export async function act<T>(invocation: Invocation, work: (session: Looking) => Promise<T>, empty: () => T): Promise<T> {
  return inside(invocation, { use: 'carry', work, empty })
}

interface Inside<T> {
  readonly use: 'look' | 'carry'
  readonly work: (session: Looking) => Promise<T>
  readonly empty: () => T
}

async function inside<T>({ flags, streams }: Invocation, { use, work, empty }: Inside<T>): Promise<T> {
  const folders: DataFolders = dataFolders(flags.text('data-dir'), streams.env)
  if (!hasState(folders)) return empty()
  const session = openSession(folders, use)
  try {
    return await work({ ...session, namespace: flags.text('namespace') || undefined })
  } finally {
    session.state.close()
  }
}
