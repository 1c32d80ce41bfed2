import { createRun, createWorld, step, toWorkflow } from '@tiphys/core/engine'
function dagWf(n: number, shape: 'chain' | 'layers' | 'fan'): any {
  const tasks: any[] = []
  for (let i = 0; i < n; i++) {
    const deps = shape === 'chain' ? (i > 0 ? [`t${i - 1}`] : []) : shape === 'layers' ? (i >= 100 ? [`t${i - 100}`, `t${i - 100 + ((i + 1) % 100 === 0 ? -99 : 1)}`].filter((d) => d !== 't-1') : []) : []
    tasks.push({ name: `t${i}`, template: 'echo', dependencies: deps.length ? [...new Set(deps)].filter((d) => Number(d.slice(1)) < i && Number(d.slice(1)) >= 0) : undefined, arguments: { parameters: [{ name: 'm', value: 'x' }] } })
  }
  return { metadata: { name: 'wf', namespace: 'default', uid: 'u', creationTimestamp: '2024-01-01T00:00:00Z' }, spec: { entrypoint: 'main', templates: [{ name: 'main', dag: { tasks } }, { name: 'echo', inputs: { parameters: [{ name: 'm' }] }, container: { image: 'busybox', command: ['echo', '{{inputs.parameters.m}}'] } }] } }
}
function loopWf(n: number): any {
  return { metadata: { name: 'wf', namespace: 'default', uid: 'u', creationTimestamp: '2024-01-01T00:00:00Z' }, spec: { entrypoint: 'main', templates: [{ name: 'main', steps: [[{ name: 'a', template: 'echo', arguments: { parameters: [{ name: 'm', value: '{{item}}' }] }, withSequence: { count: String(n) } }]] }, { name: 'echo', inputs: { parameters: [{ name: 'm' }] }, container: { image: 'busybox', command: ['echo', '{{inputs.parameters.m}}'] } }] } }
}
function drive(wf: any) {
  const world = createWorld({ catalog: { workflowTemplate: () => undefined, clusterWorkflowTemplate: () => undefined, configMap: () => undefined } })
  const t0 = performance.now()
  const run = createRun(wf, world)
  let at = 1704067200000
  let queue: any[] = step(run, [{ type: 'started', at }], world).effects.filter((e) => e.type === 'startPod')
  let transitions = 0
  for (let i = 0; i < queue.length; i++) {
    const e = queue[i]
    at += 1
    const r = step(run, [{ type: 'podChanged', at, node: e.node, pod: { phase: 'Succeeded', containers: [{ name: 'main', state: 'terminated', exitCode: 0, startedAt: at, finishedAt: at }] } }], world)
    transitions += r.changed.size
    for (const f of r.effects) if (f.type === 'startPod') queue.push(f)
  }
  const ms = performance.now() - t0
  if (run.status.phase !== 'Succeeded') throw new Error(run.status.phase + ' ' + run.status.message)
  return { nodes: run.nodes.size, ms: Math.round(ms), usPerNode: +(ms * 1000 / run.nodes.size).toFixed(1), transitions }
}
drive(dagWf(1000, 'chain'))
for (const n of [1000, 10000, 100000]) console.log('chain', n, drive(dagWf(n, 'chain')))
for (const n of [1000, 10000, 100000]) console.log('layers', n, drive(dagWf(n, 'layers')))
for (const n of [1000, 10000, 100000]) console.log('loop', n, drive(loopWf(n)))
