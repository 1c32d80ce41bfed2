// Owns how a command finds its code: that for the data directory, that for a server, or whichever the invocation means.
import type { CommandModule } from '../../flags/index.ts'

type Load = () => Promise<CommandModule>

/** A command that asks a server where there is one, and else works on the data directory. */
export function eitherWay(local: Load, remote: Load): Load {
  return async () => {
    const { guarded } = await import('../../remote/guard.ts')
    const { serverOf } = await import('../../remote/server.ts')
    return { run: guarded(async (invocation) => (await ((await serverOf(invocation)) === undefined ? local : remote)()).run(invocation)) }
  }
}
