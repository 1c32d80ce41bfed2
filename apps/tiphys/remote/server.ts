// Owns which server an invocation means, and as whom it asks: by flags, by the environment, or the one that runs on the data directory.
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { nsToMs, parseGoDuration } from '@tiphys/core/kube'
import type { Flags, Invocation } from '../flags/index.ts'
import { dataFolders } from '../local/home.ts'
import { readAccess, serverPlace } from '../server/place.ts'
import { Fatal, Mistake } from './failure.ts'
import { entryLine } from './go-log.ts'
import { kubeContext, kubeProblem } from './kubeconfig.ts'
import type { TransportOptions } from './transport.ts'

export interface Server {
  readonly transport: TransportOptions
  /** The value of the `Authorization` header. */
  readonly auth: string
  /** The server that runs on the data directory of this machine, which nobody had to name. */
  readonly own: boolean
  /** The namespace of what names none; undefined where any will do. */
  readonly namespace: string | undefined
}

/** The server to ask; undefined where none is named and none runs. */
export async function serverOf(invocation: Invocation): Promise<Server | undefined> {
  const { flags } = invocation
  // Offline means that nobody is asked, whatever the environment names.
  if (invocation.path[0] === 'lint' && flags.bool('offline')) return undefined
  const named = namedServer(invocation)
  return named === undefined ? ownServer(invocation) : serverAt(named, invocation)
}

export function isArgo(flags: Flags): boolean {
  return flags.text('compat') === 'argo'
}

function namedServer({ flags }: Invocation): string | undefined {
  // For clusters `--server` means another thing to the reference; there is no need for it here.
  return flags.text('argo-server') || (isArgo(flags) ? '' : flags.text('server')) || undefined
}

function serverAt(named: string, invocation: Invocation): Server {
  const { flags } = invocation
  if (flags.text('instanceid') !== '') throw new Mistake('cannot use instance ID with Argo Server')
  if ((flags.text('client-certificate') === '') !== (flags.text('client-key') === '')) throw new Mistake('--client-certificate and --client-key must be provided together')
  const origin = /^https?:\/\//.test(named) ? named.replace(/\/+$/, '') : `${flags.bool('secure') ? 'https' : 'http'}://${named}`
  return {
    transport: { url: origin + flags.text('argo-base-href').replace(/\/+$/, ''), headers: headersOf(flags), tls: tlsOf(flags), timeoutMs: timeoutOf(flags), signal: invocation.streams.signal },
    auth: authOf(invocation), own: false, namespace: namespaceOf(invocation),
  }
}

/** A number alone is seconds, as for kubectl. The reference heeds it for clusters only. */
function timeoutOf(flags: Flags): number {
  if (isArgo(flags)) return 0
  const text = flags.text('request-timeout')
  const span = parseGoDuration(/^\d+$/.test(text) ? `${text}s` : text)
  if (!span.ok) throw new Mistake(`invalid --request-timeout ${JSON.stringify(text)}: write a time such as 30s; 0 for any`)
  return nsToMs(span.value)
}

function headersOf(flags: Flags): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const given of flags.list('header')) {
    const [name = '', value, ...rest] = given.split(':')
    if (value === undefined || rest.length % 2 === 1) throw new Mistake(`additional headers must be colon(:)-separated: ${given}`)
    headers[name] = value.trim()
  }
  return headers
}

function tlsOf(flags: Flags): TransportOptions['tls'] {
  const file = (flag: string): Buffer | undefined => (flags.text(flag) === '' ? undefined : readGiven(flags.text(flag)))
  const [ca, cert, key] = [file('certificate-authority'), file('client-certificate'), file('client-key')]
  return {
    rejectUnauthorized: !flags.bool('insecure-skip-verify'),
    ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }),
    ...(flags.text('tls-server-name') === '' ? {} : { servername: flags.text('tls-server-name') }),
  }
}

function readGiven(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    throw new Mistake(`open ${path}: no such file or directory`)
  }
}

/** `ARGO_TOKEN` as it is, else the flags, else what the kubeconfig says. */
function authOf(invocation: Invocation): string {
  const auth = givenAuth(invocation)
  if (auth !== undefined) return auth
  if (!isArgo(invocation.flags)) throw new Mistake("no token for the server: set ARGO_TOKEN to 'Bearer ...', or give --token")
  throw new Fatal(entryLine(invocation.flags, { level: 'ERROR', message: 'Failed to get auth string', fields: { error: 'could not find a token' }, own: '' }, Date.now()) ?? '')
}

export function givenAuth({ flags, streams }: Invocation): string | undefined {
  const { ARGO_TOKEN: whole, TIPHYS_TOKEN: token } = streams.env
  if (whole !== undefined) return whole
  if (token !== undefined) return `Bearer ${token}`
  if (flags.text('token') !== '') return `Bearer ${flags.text('token')}`
  const context = kubeContext({ file: flags.text('kubeconfig'), context: flags.text('context'), user: flags.text('user'), env: streams.env })
  const username = flags.text('username') || context.username
  if (username !== undefined) return `Basic ${Buffer.from(`${username}:${flags.text('password') || (context.password ?? '')}`).toString('base64')}`
  return context.token === undefined ? undefined : `Bearer ${context.token}`
}

export function namespaceOf({ flags, streams }: Invocation): string {
  const given = flags.text('namespace') || streams.env['ARGO_NAMESPACE']
  if (given !== undefined) return given
  const choice = { file: flags.text('kubeconfig'), context: flags.text('context'), user: flags.text('user'), env: streams.env }
  const problem = kubeProblem({ ...choice, cluster: flags.text('cluster') })
  if (problem !== undefined) throw unusable(flags, problem)
  return kubeContext(choice).namespace ?? 'default'
}

function unusable(flags: Flags, error: string): Error {
  return isArgo(flags) ? new Fatal(entryLine(flags, { level: 'ERROR', message: 'Failed to get namespace', fields: { error }, own: '' }, Date.now()) ?? '') : new Mistake(`the kubeconfig cannot be used, and no namespace is given: ${error}`)
}

const KNOCK_MS = 1000

/** The server that runs on the data directory, if it answers. */
async function ownServer({ flags, streams }: Invocation): Promise<Server | undefined> {
  const access = readAccess(serverPlace(dataFolders(flags.text('data-dir'), streams.env)))
  const rest = access?.address.rest
  if (access === undefined || rest === undefined || !(await answers(rest))) return undefined
  return {
    transport: { url: rest.replace(/\/+$/, ''), headers: {}, tls: { ca: access.authority }, timeoutMs: 0, signal: streams.signal },
    auth: `Bearer ${access.token}`, own: true, namespace: flags.text('namespace') || undefined,
  }
}

/** A server that was killed leaves its address behind. */
function answers(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (protocol === 'https:' ? 443 : 80), timeout: KNOCK_MS })
    const end = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true)).once('error', () => end(false)).once('timeout', () => end(false))
  })
}
