// Owns how values become words of a POSIX shell: single quotes only, so that no value is ever read as shell.

const nameForm = /^[A-Za-z_][A-Za-z0-9_]*$/

/** One shell word with exactly this text. Text with NUL has no such word: callers refuse it first. */
export function quote(text: string): string {
  return text.includes("'") ? `'${text.replaceAll("'", "'\\''")}'` : `'${text}'`
}

/** Whether a shell can assign the name; other environment names need env(1). */
export function isShellName(name: string): boolean {
  return nameForm.test(name)
}

/** Words of a command line. */
export function words(argv: readonly string[]): string {
  return argv.map(quote).join(' ')
}
