// HTTP templates, carried out in this process; plugin templates, which need a plugin that nobody has here.
import { httpVerdict, type StartTask } from '@tiphys/core/engine'
import type { Template } from '@tiphys/core/spec'
import type { Clock, HttpClient, PodLookup, TaskOutcome, TaskRunner } from '@tiphys/shell/ports'
import type { Mailbox } from './mailbox.ts'

export interface TasksOptions {
  readonly http: HttpClient
  /** Instead of HTTP. */
  readonly runner: TaskRunner | undefined
  readonly clock: Clock
  readonly lookup: PodLookup | undefined
}

export class Tasks {
  private readonly options: TasksOptions
  private readonly running = new Map<string, AbortController>()

  constructor(options: TasksOptions) {
    this.options = options
  }

  start(mailbox: Mailbox, effect: StartTask): void {
    const { template } = effect
    const { runner } = this.options
    if (runner !== undefined) return void this.play(mailbox, effect, runner)
    if (template.http === undefined) {
      this.report(mailbox, effect.node, { phase: 'Error', message: pluginMessage(template) })
      return
    }
    void this.send(mailbox, effect, this.begin(mailbox, effect.node))
  }

  private begin(mailbox: Mailbox, node: string): AbortSignal {
    const abort = new AbortController()
    this.running.set(taskKey(mailbox, node), abort)
    return abort.signal
  }

  private async play(mailbox: Mailbox, { node, template }: StartTask, runner: TaskRunner): Promise<void> {
    const outcome = await runner.run({ workflowUid: mailbox.uid, nodeId: node, template, signal: this.begin(mailbox, node) })
    if (outcome !== undefined) this.end(mailbox, node, outcome)
  }

  stop(mailbox: Mailbox, node: string): void {
    this.running.get(taskKey(mailbox, node))?.abort()
  }

  close(): void {
    for (const abort of this.running.values()) abort.abort()
  }

  private async send(mailbox: Mailbox, effect: StartTask, signal: AbortSignal): Promise<void> {
    const headers = await this.headersOf(effect.template)
    if (!headers.ok) return this.end(mailbox, effect.node, { phase: 'Error', message: headers.message })
    const http = effect.template.http as NonNullable<Template['http']>
    const method = http.method === undefined || http.method === '' ? 'GET' : http.method
    const body = bodyOf(http)
    const timeoutMs = http.timeoutSeconds === undefined ? undefined : http.timeoutSeconds * 1000
    const outcome = await this.options.http.send({ method, url: http.url, headers: headers.list, body, timeoutMs, insecure: http.insecureSkipVerify === true, signal })
    if (!outcome.ok) return this.end(mailbox, effect.node, { phase: 'Failed', message: outcome.message })
    const { response } = outcome
    const verdict = httpVerdict(effect.template, {
      request: { method, url: http.url, body: http.body ?? '', headers: groupByName(headers.list) },
      response: { statusCode: response.status, body: response.body, headers: response.headers },
    })
    this.end(mailbox, effect.node, verdict)
  }

  private async headersOf(template: Template): Promise<{ ok: true; list: { name: string; value: string }[] } | { ok: false; message: string }> {
    const list: { name: string; value: string }[] = []
    for (const header of template.http?.headers ?? []) {
      const secret = header.valueFrom?.secretKeyRef
      if (secret === undefined) {
        list.push({ name: header.name, value: header.value ?? '' })
        continue
      }
      const value = (await this.options.lookup?.secret(secret.name ?? ''))?.[secret.key]
      if (value === undefined) return { ok: false, message: `secret "${secret.name ?? ''}" has no key "${secret.key}" for header ${header.name}` }
      list.push({ name: header.name, value })
    }
    return { ok: true, list }
  }

  private end(mailbox: Mailbox, node: string, report: TaskOutcome): void {
    this.running.delete(taskKey(mailbox, node))
    this.report(mailbox, node, report)
  }

  private report(mailbox: Mailbox, node: string, report: TaskOutcome): void {
    mailbox.deliver({ type: 'taskReported', at: this.options.clock.now(), node, phase: report.phase, message: report.message, outputs: report.outputs })
  }
}

const taskKey = (mailbox: Mailbox, node: string): string => `${mailbox.uid}/${node}`

function bodyOf(http: NonNullable<Template['http']>): Uint8Array | undefined {
  if (http.bodyFrom?.bytes !== undefined) return Buffer.from(http.bodyFrom.bytes, 'base64')
  return http.body === undefined || http.body === '' ? undefined : Buffer.from(http.body)
}

function groupByName(list: readonly { readonly name: string; readonly value: string }[]): Record<string, string[]> {
  const grouped: Record<string, string[]> = {}
  for (const { name, value } of list) (grouped[name] ??= []).push(value)
  return grouped
}

function pluginMessage(template: Template): string {
  const name = Object.keys(template.plugin ?? {})[0] ?? ''
  return `no plugin executed the template: plugin "${name}" runs beside a Kubernetes controller; replace the step by a container or script to run it here`
}
