// Owns the command `tiphys completion`.
import { type Invocation, type Outcome, SHELLS, completionScript } from '../flags/index.ts'

export async function run({ args, streams }: Invocation): Promise<Outcome> {
  const [shell = ''] = args
  const script = completionScript(shell, 'tiphys')
  if (script === undefined) return { error: `invalid shell "${shell}": supported shells are ${SHELLS.slice(0, -1).join(', ')}, and ${SHELLS.at(-1)}` }
  streams.stdout(script)
  return { exit: 0 }
}
