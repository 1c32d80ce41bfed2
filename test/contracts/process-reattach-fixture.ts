// A program for tests: starts pods, says when all of them run, and waits to be killed.
import { join } from 'node:path'
import { createLocalArtifactStore } from '@tiphys/shell/adapters/artifacts'
import { createProcessRunner } from '@tiphys/shell/adapters/process'
import type { PodRef, PodRequest } from '@tiphys/shell/ports'

const [folder = '', text = '[]'] = process.argv.slice(2)
// Written by the test that starts this program.
const plan = JSON.parse(text) as { readonly requests: readonly PodRequest[]; readonly running: number }

const { runner } = createProcessRunner({
  stateFolder: join(folder, 'state'),
  logFolder: join(folder, 'logs'),
  artifacts: createLocalArtifactStore(join(folder, 'artifacts')),
  resources: { cpuMilli: 1000 },
})

const running = new Set<string>()
const refs: PodRef[] = []
runner.onFact((fact) => {
  if (fact.phase === 'Running') running.add(fact.podName)
})
for (const request of plan.requests) refs.push(await runner.start(request))
setInterval(() => {
  if (running.size < plan.running) return
  process.stdout.write(`${JSON.stringify(refs)}\n`)
  running.clear()
}, 20)
