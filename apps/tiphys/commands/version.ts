// Owns the command `tiphys version`: of this program, and of the server that it would ask.
import type { Invocation, Outcome } from '../flags/index.ts'
import { Connection } from '../remote/connection.ts'
import { guarded } from '../remote/guard.ts'
import { isArgo, serverOf } from '../remote/server.ts'
import { type VersionInfo, getVersion } from '../remote/services.ts'
import { VERSION } from '../release.ts'

export const run = guarded(async (invocation): Promise<Outcome> => {
  const { flags, streams } = invocation
  const short = flags.bool('short')
  const facts = { version: `v${VERSION}`, node: process.version, platform: `${process.platform}/${process.arch}` }
  if (!isArgo(flags) && flags.text('output') === 'json') streams.stdout(`${JSON.stringify(facts, undefined, 4)}\n`)
  else if (short) streams.stdout(`tiphys: ${facts.version}\n`)
  else streams.stdout(isArgo(flags) ? block('tiphys', ownInfo(facts)) : `tiphys: ${facts.version}\n  Node: ${facts.node}\n  Platform: ${facts.platform}\n`)
  if (flags.text('argo-server') !== '') await tellServer(invocation, short)
  return { exit: 0 }
})

async function tellServer(invocation: Invocation, short: boolean): Promise<void> {
  const server = await serverOf(invocation)
  if (server === undefined) return
  const info = await getVersion(new Connection(server))
  invocation.streams.stdout(short ? `${SERVER}: ${info.version ?? ''}\n` : block(SERVER, info))
}

const SERVER = 'tiphys-server'

/** The facts that the reference tells of a build, as far as a program of another kind has them. */
function ownInfo({ version, node, platform }: { readonly version: string; readonly node: string; readonly platform: string }): VersionInfo {
  return { version, buildDate: '1970-01-01T00:00:00Z', gitCommit: '', gitTreeState: 'clean', gitTag: version, goVersion: node, compiler: 'node', platform: platform.replace('/x64', '/amd64') }
}

function block(name: string, { version = '', buildDate = '', gitCommit = '', gitTreeState = '', gitTag = '', goVersion = '', compiler = '', platform = '' }: VersionInfo): string {
  const tag = gitTag === '' ? '' : `  GitTag: ${gitTag}\n`
  return `${name}: ${version}\n  BuildDate: ${buildDate}\n  GitCommit: ${gitCommit}\n  GitTreeState: ${gitTreeState}\n${tag}  GoVersion: ${goVersion}\n  Compiler: ${compiler}\n  Platform: ${platform}\n`
}
