// Owns what the suites of the pod runner contract share: requests, and following pods and logs.
import type { Container, Pod, Template } from '@tiphys/core/spec'
import type { ArtifactStore, LogLine, LogStore, PodFact, PodRequest, PodRunner } from '@tiphys/shell/ports'

export interface RunnerUnderTest {
  readonly runner: PodRunner
  readonly logs: LogStore
  readonly artifacts: ArtifactStore
  close(): Promise<void>
}

/** A runner with what tests put around it. */
export interface Subject extends RunnerUnderTest {
  readonly folder: string
  readonly objects: { readonly configMaps: Map<string, Record<string, string>>; readonly secrets: Map<string, Record<string, string>> }
  /** Runs a pod and gives the standard output of its main container. */
  resultOf(request: PodRequest): Promise<string | undefined>
}

let made = 0

/** A request for a pod with one main container. */
export function podRequest(container: Partial<Container>, more: Partial<PodRequest> & { template?: Template; spec?: Partial<NonNullable<Pod['spec']>> } = {}): PodRequest {
  const id = `node-${made++}`
  const main: Container = { name: 'main', image: 'busybox', ...container }
  const metadata = { name: `pod-${id}`, uid: `uid-${id}`, labels: { 'workflows.argoproj.io/workflow': 'wf' }, annotations: { note: 'hello' } }
  const { template, spec, ...rest } = more
  return {
    key: { workflowUid: 'workflow-uid', nodeId: id, attempt: 0 },
    namespace: 'default',
    pod: { metadata, spec: { containers: [main], restartPolicy: 'Never', terminationGracePeriodSeconds: 5, ...spec } },
    template: { name: 'step', container: main, ...template },
    includeResult: false,
    ...rest,
  }
}

export const shell = (source: string): Partial<Container> => ({ command: ['sh', '-c'], args: [source] })

/** Follows one pod. */
export function follow(runner: PodRunner, request: PodRequest): { readonly facts: PodFact[]; readonly last: Promise<PodFact>; until(test: (fact: PodFact) => boolean): Promise<PodFact> } {
  const facts: PodFact[] = []
  const waiting: { test: (fact: PodFact) => boolean; done: (fact: PodFact) => void }[] = []
  runner.onFact((fact) => {
    if (fact.key.nodeId !== request.key.nodeId || fact.key.attempt !== request.key.attempt) return
    facts.push(fact)
    for (const entry of waiting.filter(({ test }) => test(fact))) entry.done(fact)
  })
  const until = (test: (fact: PodFact) => boolean): Promise<PodFact> =>
    new Promise((done) => {
      const now = facts.find(test)
      if (now === undefined) waiting.push({ test, done })
      else done(now)
    })
  return { facts, until, last: until(({ phase }) => phase === 'Succeeded' || phase === 'Failed') }
}

export async function run(runner: PodRunner, request: PodRequest): Promise<PodFact> {
  const { last } = follow(runner, request)
  await runner.start(request)
  return last
}

export async function linesOf(logs: LogStore, request: PodRequest, container = 'main'): Promise<LogLine[]> {
  const lines: LogLine[] = []
  for await (const line of logs.read({ ...request.key, container })) lines.push(line)
  return lines
}

export const texts = (lines: readonly LogLine[]): string[] => lines.map(({ text }) => text)
export const mainOf = (fact: PodFact): PodFact['containers'][number] | undefined => fact.containers.find(({ name }) => name === 'main')
