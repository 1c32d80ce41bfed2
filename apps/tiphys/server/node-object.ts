// Owns this machine as a Node object, which clients read beside the pods.
import { release, type } from 'node:os'
import { type HostResources, hostLabels } from '@tiphys/shell/adapters/process'
import type { KubeStore } from '@tiphys/shell/http'
import type { ObjectProblem, ObjectWatch, StoredObject } from '@tiphys/shell/ports'

export interface HostFacts {
  readonly name: string
  /** Of the product. */
  readonly version: string
  readonly resources: HostResources
  /** Unix milliseconds. */
  readonly startedAt: number
}

/** A store of one object that never changes while the server runs. */
export function hostNode(facts: HostFacts): KubeStore {
  const node = nodeOf(facts)
  const fixed = async (): Promise<{ readonly ok: false; readonly problem: ObjectProblem }> => ({ ok: false, problem: { code: 'invalid', message: 'this machine is the only node' } })
  return {
    create: fixed, update: fixed, delete: fixed,
    get: async ({ name }) => (name === facts.name ? { ok: true, value: node } : { ok: false, problem: { code: 'not_found', message: `there is no node ${JSON.stringify(name)}` } }),
    list: async () => ({ ok: true, value: { objects: [node], resourceVersion: VERSION, damaged: [] } }),
    watch: async ({ resourceVersion, signal }) => ({ ok: true, value: quietWatch(resourceVersion === undefined ? [node] : [], signal) }),
  }
}

const VERSION = '1'

function quietWatch(objects: readonly StoredObject[], signal: AbortSignal | undefined): ObjectWatch {
  const own = new AbortController()
  const over = new Promise<void>((resolve) => {
    for (const end of [own.signal, signal]) end?.addEventListener('abort', () => resolve(), { once: true })
  })
  return {
    resourceVersion: VERSION,
    close: () => own.abort(),
    async *[Symbol.asyncIterator]() {
      for (const object of objects) yield { type: 'ADDED', object }
      await over
    },
  }
}

/** Clients that check shapes want every field, also those that say nothing here. */
function nodeInfo(version: string): Readonly<Record<string, string>> {
  const tiphys = `tiphys-${version}`
  return {
    machineID: '', systemUUID: '', bootID: '', kernelVersion: release(), osImage: `${type()} ${release()}`, containerRuntimeVersion: tiphys, kubeletVersion: tiphys, kubeProxyVersion: tiphys,
    operatingSystem: process.platform, architecture: hostLabels('').arch,
  }
}

function nodeOf({ name, version, resources, startedAt }: HostFacts): StoredObject {
  const since = `${new Date(startedAt).toISOString().slice(0, 19)}Z`
  const capacity = { cpu: `${resources.cpuMilli}m`, memory: String(resources.memoryBytes) }
  return {
    apiVersion: 'v1', kind: 'Node',
    metadata: { name, uid: `node-${name}`, resourceVersion: VERSION, creationTimestamp: since, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': process.platform, 'kubernetes.io/arch': hostLabels(name).arch } },
    spec: {},
    status: {
      capacity, allocatable: capacity, addresses: [{ type: 'InternalIP', address: '127.0.0.1' }, { type: 'Hostname', address: name }],
      conditions: [{ type: 'Ready', status: 'True', reason: 'ServerReady', message: 'the server takes pods', lastHeartbeatTime: since, lastTransitionTime: since }],
      nodeInfo: nodeInfo(version),
    },
  } as unknown as StoredObject
}
