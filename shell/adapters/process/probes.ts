// Owns asking a container whether it is ready: HTTP, TCP and commands, as often as its probe says.
import { connect } from 'node:net'
import type { Container } from '@tiphys/core/spec'

type Probe = NonNullable<Container['readinessProbe']>

export interface ProbeSubject {
  readonly container: Container
  /** Runs a command where the container runs; resolves to whether it succeeded. */
  execute(argv: readonly string[], timeoutMs: number): Promise<boolean>
}

export interface ProbeEvents {
  /** The answer changed, counted as the probe's thresholds say. */
  changed(success: boolean): void
}

/** Asks until it is told to stop. */
export class Prober {
  private readonly probe: Probe
  private readonly subject: ProbeSubject
  private readonly events: ProbeEvents
  private timer: NodeJS.Timeout | undefined
  private streak = 0
  private lastAnswer: boolean | undefined
  private reported: boolean | undefined
  private stopped = false

  constructor(probe: Probe, subject: ProbeSubject, events: ProbeEvents) {
    this.probe = probe
    this.subject = subject
    this.events = events
    this.timer = setTimeout(() => void this.ask(), (probe.initialDelaySeconds ?? 0) * 1000)
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
  }

  private async ask(): Promise<void> {
    const answer = await answerOf(this.probe, this.subject)
    if (this.stopped) return
    this.streak = answer === this.lastAnswer ? this.streak + 1 : 1
    this.lastAnswer = answer
    const needed = answer ? (this.probe.successThreshold ?? 1) : (this.probe.failureThreshold ?? 3)
    if (this.streak >= needed && this.reported !== answer) {
      this.reported = answer
      this.events.changed(answer)
    }
    // Before the first success a short period costs nothing and readies dependents sooner.
    const periodMs = (this.probe.periodSeconds ?? 10) * 1000
    const nextMs = this.reported === undefined ? Math.min(periodMs, 250) : periodMs
    this.timer = setTimeout(() => void this.ask(), nextMs)
  }
}

function answerOf(probe: Probe, subject: ProbeSubject): Promise<boolean> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000
  if (probe.exec !== undefined) return subject.execute(probe.exec.command ?? [], timeoutMs)
  if (probe.httpGet !== undefined) return httpAnswer(probe.httpGet, subject.container, timeoutMs)
  if (probe.tcpSocket !== undefined) return tcpAnswer(probe.tcpSocket.host ?? '127.0.0.1', portOf(probe.tcpSocket.port, subject.container), timeoutMs)
  if (probe.grpc !== undefined) return tcpAnswer('127.0.0.1', probe.grpc.port, timeoutMs)
  return Promise.resolve(true)
}

/** Number of a port that may be given by name. */
function portOf(port: number | string, container: Container): number {
  const named = (container.ports ?? []).find(({ name }) => name === port)
  return named?.containerPort ?? (Number(port) || 0)
}

async function httpAnswer(action: NonNullable<Probe['httpGet']>, container: Container, timeoutMs: number): Promise<boolean> {
  // Few pods are asked over HTTP, and these modules are slow to load.
  const { request: open } = action.scheme === 'HTTPS' ? await import('node:https') : await import('node:http')
  return new Promise((resolve) => {
    const headers = Object.fromEntries((action.httpHeaders ?? []).map(({ name, value }) => [name, value]))
    const options = { host: action.host === undefined || action.host === '' ? '127.0.0.1' : action.host, port: portOf(action.port, container), path: action.path ?? '/', headers, timeout: timeoutMs }
    const request = open({ ...options, rejectUnauthorized: false })
    const deadline = setTimeout(() => request.destroy(), timeoutMs)
    request.on('response', (response) => {
      const status = response.statusCode ?? 0
      response.destroy()
      resolve(status >= 200 && status < 400)
    })
    request.on('error', () => resolve(false))
    request.on('close', () => {
      clearTimeout(deadline)
      resolve(false)
    })
    request.end()
  })
}

function tcpAnswer(host: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: host === '' ? '127.0.0.1' : host, port, timeout: timeoutMs })
    const answer = (success: boolean): void => {
      socket.destroy()
      resolve(success)
    }
    socket.on('connect', () => answer(true)).on('timeout', () => answer(false)).on('error', () => answer(false))
  })
}
