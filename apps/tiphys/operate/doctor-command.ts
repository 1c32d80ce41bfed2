// Owns `tiphys doctor`: findings in lines for people, or as JSON.
import type { Invocation, Outcome } from '../flags/index.ts'
import { dataFolders } from '../local/home.ts'
import { type Finding, examine } from './doctor.ts'

export async function doctor({ flags, streams }: Invocation): Promise<Outcome> {
  const findings = await examine(dataFolders(flags.text('data-dir'), streams.env))
  const isWell = findings.every(({ level }) => level !== 'fail')
  streams.stdout(flags.text('output') === 'json' ? `${JSON.stringify({ ok: isWell, findings }, undefined, 2)}\n` : findings.map(lineOf).join(''))
  return { exit: isWell ? 0 : 1 }
}

function lineOf({ name, level, message, mend }: Finding): string {
  return `${level.padEnd(5)} ${name}: ${message}\n${mend === undefined ? '' : `      ${mend}\n`}`
}
