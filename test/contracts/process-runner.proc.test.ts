// The contract of pod runners, kept by the process runner.
import { join } from 'node:path'
import { createGitArtifactStore, createHttpArtifactStore, createLocalArtifactStore, createRawArtifactStore, routeArtifacts } from '@tiphys/shell/adapters/artifacts'
import { createProcessRunner } from '@tiphys/shell/adapters/process'
import { podRunnerContract } from './pod-runner.ts'

podRunnerContract({
  name: 'process',
  create: (folder, lookup) => {
    const artifacts = routeArtifacts({
      repository: createLocalArtifactStore(join(folder, 'artifacts')),
      drivers: { raw: createRawArtifactStore(), http: createHttpArtifactStore(), git: createGitArtifactStore() },
    })
    const { runner, logs } = createProcessRunner({ stateFolder: join(folder, 'state'), logFolder: join(folder, 'logs'), artifacts, lookup: () => lookup })
    return Promise.resolve({ runner, logs, artifacts, close: () => runner.close() })
  },
})
