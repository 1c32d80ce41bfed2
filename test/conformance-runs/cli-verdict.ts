// Owns the judgement of a played invocation: what counts as equal to the record, as the recordings define it.
import type { Run, Transcript } from './cli-player.ts'

/** What differs, one text a difference; nothing where they are equal. */
export function runDifferences(recorded: Transcript, played: Run): readonly string[] {
  const wanted = expected(recorded)
  const seen = recorded.args[0] === 'version' ? { ...played, stdout: withoutFacts(played.stdout) } : played
  const found: string[] = []
  if (seen.exit !== wanted.exit) found.push(`exit ${seen.exit} instead of ${wanted.exit}`)
  if (seen.stdout !== wanted.stdout) found.push(`stdout\n${changes(wanted.stdout, seen.stdout)}`)
  if (message(seen.stderr) !== message(wanted.stderr)) found.push(`stderr\n${changes(message(wanted.stderr), message(seen.stderr))}`)
  return found
}

function expected({ args, exit, stdout, stderr }: Transcript): Run {
  if (args[0] === 'version') return { exit, stdout: withoutFacts(stdout), stderr }
  // With an archive the reference prints every row twice.
  return { exit, stderr, stdout: args[0] === 'list' && !/-o,(json|yaml)/.test(args.join(',')) ? stdout.split('\n').filter((line, index, all) => line === '' || line !== all[index - 1]).join('\n') : stdout }
}

/** Versions and facts of the build are each program's own. */
function withoutFacts(stdout: string): string {
  return stdout.replace(/:.*$/gm, ':')
}

/** The last character is the end of a line or not, which no reader sees. */
function message(stderr: string): string {
  return stderr.trimEnd()
}

function changes(wanted: string, seen: string): string {
  const [a, b] = [wanted.split('\n'), seen.split('\n')]
  let from = 0
  while (from < a.length && from < b.length && a[from] === b[from]) from++
  let back = 0
  while (back < a.length - from && back < b.length - from && a.at(-1 - back) === b.at(-1 - back)) back++
  return [...a.slice(from, a.length - back).map((line) => `    - ${line}`), ...b.slice(from, b.length - back).map((line) => `    + ${line}`)].join('\n')
}
