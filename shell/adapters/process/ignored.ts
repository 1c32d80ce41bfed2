// Owns what a pod asks of a cluster and plain processes of one machine do not have: told once, never silently dropped.
import type { Pod } from '@tiphys/core/spec'

type PodSpec = NonNullable<Pod['spec']>

export interface HostLabels {
  readonly hostname: string
  /** In the words of Kubernetes: `linux`, `amd64`. */
  readonly os: string
  readonly arch: string
}

/** A sentence for each thing that is left out of account, in the words of the manifest. */
export function ignoredOf(spec: PodSpec, host: HostLabels): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const elsewhere = Object.entries(spec.nodeSelector ?? {}).filter(([name, value]) => !isOfHost(name, value, host)).map(([name, value]) => `${name}: ${value}`)
  if (elsewhere.length > 0) found.set('nodeSelector', `nodeSelector (${elsewhere.join(', ')}) is not looked at: all steps run on this machine`)
  if (spec.affinity !== undefined && Object.keys(spec.affinity).length > 0) found.set('affinity', 'affinity is not looked at: all steps run on this machine')
  const resources = [...spec.containers, ...(spec.initContainers ?? [])].map((container) => container.resources ?? {})
  const limited = ['cpu', 'memory'].filter((name) => resources.some(({ limits }) => limits?.[name] !== undefined))
  if (limited.length > 0) found.set('limits', `limits of ${limited.join(' and ')} are not enforced on plain processes: a step may use more`)
  const devices = [...new Set(resources.flatMap(({ limits, requests }) => Object.keys({ ...limits, ...requests })))].filter((name) => name.includes('/'))
  if (devices.length > 0) found.set('devices', `${devices.join(', ')}: steps get the devices that this machine has, and nobody counts them`)
  return found
}

/** What every node says of itself is no wish for another machine. */
function isOfHost(name: string, value: string, { hostname, os, arch }: HostLabels): boolean {
  const own: Readonly<Record<string, string>> = { os, arch, hostname }
  const match = /^(?:beta\.)?kubernetes\.io\/(os|arch|hostname)$/.exec(name)
  return match !== null && own[match[1] ?? ''] === value
}

const ARCHITECTURES: Readonly<Partial<Record<string, string>>> = { x64: 'amd64', ia32: '386' }

export function hostLabels(hostname: string): HostLabels {
  return { hostname, os: process.platform === 'win32' ? 'windows' : process.platform, arch: ARCHITECTURES[process.arch] ?? process.arch }
}

/** Tells of each kind once, with the first step that asks for it. */
export function ignoredTeller(host: HostLabels, tell: (message: string) => void): (pod: Pod, template: string) => void {
  const told = new Set<string>()
  return ({ spec }, template) => {
    if (spec === undefined) return
    for (const [kind, text] of ignoredOf(spec, host)) {
      if (told.has(kind)) continue
      told.add(kind)
      tell(template === '' ? text : `template ${JSON.stringify(template)}: ${text}`)
    }
  }
}
