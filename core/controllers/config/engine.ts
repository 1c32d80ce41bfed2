// Owns what of the configuration the engine needs.
import type { EngineConfig } from '@tiphys/core/engine'
import { formatDuration } from '@tiphys/core/kube'
import type { ControllerConfig } from './config.ts'

/** The engine's part, over what `base` says where nothing is configured. */
export function engineConfigOf(config: ControllerConfig, base: Partial<EngineConfig> = {}): Partial<EngineConfig> {
  const { written } = config
  const repository = config.artifactRepository ?? base.pods?.artifactRepository
  return {
    ...base,
    workflowDefaults: config.workflowDefaults ?? base.workflowDefaults,
    ...(config.templateReferencing !== '' && { mustReference: true }),
    pods: {
      ...base.pods,
      ...(repository !== undefined && { artifactRepository: repository }),
      ...(config.mainContainer !== undefined && { mainContainer: config.mainContainer }),
      ...(config.executor?.image !== undefined && { executorImage: config.executor.image }),
      ...(written.images !== undefined && { images: { ...base.pods?.images, ...config.images } }),
      ...(written.podGCDeleteDelayDuration !== undefined && { podGCDeleteDelayDuration: formatDuration(BigInt(config.podGc.deleteDelayMs) * 1_000_000n) }),
      ...(config.instanceId !== '' && { instanceId: config.instanceId }),
      ...(config.artifactDrivers.length > 0 && { artifactDrivers: config.artifactDrivers }),
    },
  }
}
