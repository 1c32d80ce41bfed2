// Owns the rules for executor plugins that a workflow brings along.
import type { ExecutorPlugin } from '../wire/index.ts'

export function executorPluginProblem(plugins: readonly ExecutorPlugin[] | undefined): string | undefined {
  for (const plugin of plugins ?? []) {
    if ((plugin.metadata?.name ?? '') === '') return 'executor plugin metadata name is mandatory'
    const { container } = plugin.spec.sidecar
    if ((container.ports ?? []).length < 1) return 'at least one port is mandatory'
    if (container.resources?.requests === undefined) return 'resources requests are mandatory'
    if (container.resources.limits === undefined) return 'resources limits are mandatory'
    if (container.securityContext === undefined) return 'security context is mandatory'
  }
  return undefined
}
