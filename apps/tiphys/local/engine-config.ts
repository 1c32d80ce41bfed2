// Owns how the engine is set up on one machine, with processes behind it and with stubs.
import type { EngineConfig } from '@tiphys/core/engine'
import type { Attendance } from '@tiphys/core/simulate'

/** The engine's configuration on one machine: artifacts without a place of their own go to the local store, by Argo's key pattern. */
export const LOCAL_CONFIG: Partial<EngineConfig> = {
  pods: { artifactRepository: { s3: { bucket: 'local', endpoint: 'local', keyFormat: '{{workflow.name}}/{{pod.name}}' } } },
}

/** Simulated images bring a program of their own, since nobody can ask them. */
export const SIMULATED_CONFIG: Partial<EngineConfig> = { pods: { ...LOCAL_CONFIG.pods, images: { '*': { entrypoint: ['/bin/sh'] } } } }

/** People who resume what waits in a simulation: so often, and so many times a run. */
export const ATTENDANCE: Attendance = { everyMs: 2500, timesMax: 6 }
