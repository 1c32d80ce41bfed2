// Owns artifacts that are checked out of git repositories, through the git command.
import { spawn } from 'node:child_process'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Artifact } from '@tiphys/core/spec'
import type { ArtifactContext, ArtifactStore } from '@tiphys/shell/ports'
import { defaultLimits } from './limits.ts'
import { ArtifactRefusal, settle, unsupported } from './refusal.ts'

type GitArtifact = NonNullable<Artifact['git']>

export interface GitStoreOptions {
  readonly git?: string
  /** Transports that repositories may use. Local folders are left out: they would be the host's. */
  readonly protocols?: readonly string[]
}

const messageBytesMax = 4096

export function createGitArtifactStore(options: GitStoreOptions = {}): ArtifactStore {
  return {
    load: ({ artifact, to }, context) => settle(() => checkOut(artifact, to, { options, context })),
    save: () => unsupported('git', 'saving'),
    open: () => unsupported('git', 'reading as a stream'),
    remove: () => unsupported('git', 'removal'),
    list: () => unsupported('git', 'listing'),
    isDirectory: () => Promise.resolve({ ok: true, value: true }),
  }
}

interface Surroundings {
  readonly options: GitStoreOptions
  readonly context: ArtifactContext
}

async function checkOut(artifact: Artifact, to: string, { options, context }: Surroundings): Promise<void> {
  const { git } = artifact
  if (git === undefined) throw new ArtifactRefusal('artifact_invalid', `artifact "${artifact.name}" has no git location`)
  for (const value of [git.repo, git.branch, git.revision, ...(git.fetch ?? [])]) checkValue(value)
  const secrets = await mkdtemp(join(dirname(to), '.git-'))
  try {
    const run = await runner(git, secrets, { options, context })
    const folder = join(secrets, 'clone')
    await run(['clone', ...cloneOptions(git), '--', git.repo, folder])
    if ((git.fetch ?? []).length > 0) await run(['-C', folder, 'fetch', ...depthOptions(git), 'origin', ...(git.fetch ?? [])])
    if (git.revision !== undefined && git.revision !== '') await checkOutRevision(git, folder, run)
    if (git.disableSubmodules !== true) await run(['-C', folder, 'submodule', 'update', '--init', '--recursive', '--force'])
    await rename(folder, to)
  } finally {
    await rm(secrets, { recursive: true, force: true })
  }
}

/** A value that git would read as an option is refused. */
function checkValue(value: string | undefined): void {
  if (value !== undefined && (value.startsWith('-') || value.includes('\0'))) throw new ArtifactRefusal('artifact_refused', `"${value}" is not a repository, branch or revision`)
}

function cloneOptions(git: GitArtifact): string[] {
  const options = ['--quiet', ...depthOptions(git)]
  if (git.singleBranch === true) options.push('--single-branch')
  else if (git.depth !== undefined && git.depth > 0) options.push('--no-single-branch')
  if (git.branch !== undefined && git.branch !== '') options.push('--branch', git.branch)
  return options
}

function depthOptions(git: GitArtifact): string[] {
  return git.depth !== undefined && git.depth > 0 ? ['--depth', String(git.depth)] : []
}

type Run = (argv: readonly string[]) => Promise<void>

/** Branches other than the default are known only as the remote's. */
async function checkOutRevision(git: GitArtifact, folder: string, run: Run): Promise<void> {
  const revision = git.revision ?? ''
  try {
    await run(['-C', folder, 'checkout', '--quiet', '--force', revision, '--'])
  } catch (error) {
    const isShallow = git.depth !== undefined && git.depth > 0
    if (!isShallow) throw error
    await run(['-C', folder, 'fetch', '--quiet', '--depth', String(git.depth), 'origin', revision])
    await run(['-C', folder, 'checkout', '--quiet', '--force', 'FETCH_HEAD', '--'])
  }
}

async function runner(git: GitArtifact, secrets: string, { options, context }: Surroundings): Promise<Run> {
  const protocols = options.protocols ?? ['https', 'http', 'ssh', 'git']
  const environment: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: secrets,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: protocols.join(':'),
    GIT_SSH_COMMAND: await sshCommand(git, secrets, context),
  }
  const settings = ['-c', 'core.hooksPath=/dev/null', '-c', 'core.symlinks=true', '-c', 'protocol.ext.allow=never']
  if (git.insecureSkipTLS === true) settings.push('-c', 'http.sslVerify=false')
  if (git.usernameSecret !== undefined || git.passwordSecret !== undefined) {
    environment['TIPHYS_GIT_USERNAME'] = await secretOf(git.usernameSecret, context)
    environment['TIPHYS_GIT_PASSWORD'] = await secretOf(git.passwordSecret, context)
    // Answered from the environment: credentials appear on no command line and in no file.
    settings.push('-c', 'credential.helper=', '-c', 'credential.helper=!f() { echo "username=$TIPHYS_GIT_USERNAME"; echo "password=$TIPHYS_GIT_PASSWORD"; }; f')
  }
  const timeoutMs = context.limits?.timeoutMs ?? defaultLimits.timeoutMs
  const signal = context.signal === undefined ? AbortSignal.timeout(timeoutMs) : AbortSignal.any([context.signal, AbortSignal.timeout(timeoutMs)])
  return (argv) => runGit(options.git ?? 'git', [...settings, ...argv], { environment, signal, folder: secrets })
}

async function sshCommand(git: GitArtifact, secrets: string, context: ArtifactContext): Promise<string> {
  const checks = git.insecureIgnoreHostKey === true ? ' -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null' : ''
  if (git.sshPrivateKeySecret === undefined) return `ssh -o BatchMode=yes${checks}`
  const key = await secretOf(git.sshPrivateKeySecret, context)
  await writeFile(join(secrets, 'key'), key.endsWith('\n') ? key : `${key}\n`, { mode: 0o600 })
  // A relative name: the folder's path may hold characters that a shell would read.
  return `ssh -i "$HOME/key" -o IdentitiesOnly=yes -o BatchMode=yes${checks}`
}

async function secretOf(selector: { readonly name?: string | undefined; readonly key: string } | undefined, context: ArtifactContext): Promise<string> {
  if (selector === undefined) return ''
  const value = await context.secret(selector.name ?? '', selector.key)
  if (value === undefined) throw new ArtifactRefusal('artifact_invalid', `secret "${selector.name ?? ''}" has no key "${selector.key}"`)
  return value
}

interface GitRun {
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly folder: string
}

function runGit(git: string, argv: readonly string[], { environment, signal, folder }: GitRun): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(git, argv, { env: environment, cwd: folder, signal, stdio: ['ignore', 'ignore', 'pipe'] })
    let text = ''
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-messageBytesMax)
    })
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? new ArtifactRefusal('artifact_unsupported', 'git artifacts need the git command, which was not found on this host', 'install git') : error)
    })
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new ArtifactRefusal(/not found|does not exist/i.test(text) ? 'artifact_not_found' : 'artifact_unreachable', `git: ${text.trim() || `exit code ${code}`}`))
    })
  })
}
