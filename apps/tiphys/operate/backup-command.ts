// Owns `tiphys backup` and `tiphys restore`.
import { systemClock } from '@tiphys/shell/adapters/system'
import { VERSION } from '../release.ts'
import type { Invocation, Outcome } from '../flags/index.ts'
import { dataFolders } from '../local/home.ts'
import { isAlive, readInfo } from '../local/owner.ts'
import { hasState, openSession } from '../local/session.ts'
import { BULKY, backUp, restore } from './backup.ts'

export async function backup({ args, flags, streams }: Invocation): Promise<Outcome> {
  const [file = ''] = args
  const made = await backUp({
    folders: dataFolders(flags.text('data-dir'), streams.env), file, bulky: BULKY.filter((name) => flags.bool(name)),
    facts: { version: VERSION, createdAt: new Date(systemClock.now()).toISOString() },
  })
  if (!made.ok) return { error: made.message }
  streams.stdout(`${file} holds the data directory now (${sizeText(made.value.bytes)})\n`)
  return { exit: 0 }
}

export async function putBack({ args, flags, streams }: Invocation): Promise<Outcome> {
  const [file = ''] = args
  const folders = dataFolders(flags.text('data-dir'), streams.env)
  const worker = hasState(folders) ? await workerOn(folders) : undefined
  if (worker !== undefined) return { error: `process ${worker} works on ${folders.root}: end it first` }
  const restored = await restore({ folders, file, replace: flags.bool('replace') })
  if (!restored.ok) return { error: restored.message }
  const { facts, aside } = restored.value
  streams.stdout(`${folders.root} is as it was at ${facts.createdAt}\n${aside === undefined ? '' : `what was there before lies in ${aside}\n`}`)
  return { exit: 0 }
}

/** A damaged directory can be replaced too: whoever cannot read it cannot work on it either. */
async function workerOn(folders: ReturnType<typeof dataFolders>): Promise<number | undefined> {
  try {
    const { state } = openSession(folders, 'look')
    try {
      const alive = (await state.log.holders()).find((holder) => isAlive(holder, systemClock.now()))
      return alive === undefined ? undefined : (readInfo(alive.info)?.pid ?? 0)
    } finally {
      state.close()
    }
  } catch {
    return undefined
  }
}

function sizeText(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
