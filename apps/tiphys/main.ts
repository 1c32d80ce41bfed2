// The command-line program: reads its arguments, runs one command and ends with its exit code.
import { execute } from './flags/index.ts'
import { root } from './commands/index.ts'

const code = await execute({ root }, process.argv.slice(2), {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  env: process.env,
})
process.exitCode = code
