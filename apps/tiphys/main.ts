// The command-line program: reads its arguments, runs one command and ends with its exit code.
import { type CompletionQuery, execute } from './flags/index.ts'
import { argoTree, beforeCommand, wantsArgo } from './commands/compat.ts'
import { root } from './commands/index.ts'

// Whoever reads our output may stop reading, as `head` does: then there is nothing left to do.
process.stdout.on('error', () => process.exit())

const streams = {
  stdout: (text: string) => void process.stdout.write(text),
  stderr: (text: string) => void process.stderr.write(text),
  env: process.env,
}
const completer = async (query: CompletionQuery): ReturnType<typeof import('./local/complete.ts').completeValue> =>
  (await import('./local/complete.ts')).completeValue(query, process.env)

async function main(): Promise<void> {
  try {
    const argv = process.argv.slice(2)
    const tree = wantsArgo(argv, process.env) ? argoTree(root) : root
    process.exitCode = await execute({ root: tree, completer, before: beforeCommand }, argv, streams)
  } catch (error) {
    // What users can get wrong is told by the commands; this is trouble with the machine, or a fault of ours.
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    process.stderr.write(`Error: ${process.env['TIPHYS_DEBUG'] === undefined ? message : (stack ?? message)}\n`)
    process.exitCode = 1
  }
}

void main()
