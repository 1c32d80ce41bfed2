// Owns the contract that every pod runner keeps, as a suite to be run on each adapter with real processes or containers.
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import type { PodLookup } from '@tiphys/shell/ports'
import { describeEnding } from './pod-runner-ending.ts'
import { describeEnvironment } from './pod-runner-environment.ts'
import { describeArtifacts, describeParameters, describeVolumes } from './pod-runner-files.ts'
import { run, type RunnerUnderTest, type Subject } from './pod-runner-kit.ts'
import { describeSeveral } from './pod-runner-several.ts'
import { describeExit, describeLogs } from './pod-runner-single.ts'

export interface RunnerContract {
  readonly name: string
  /** Whether the suite cannot run here; its tests are then reported as skipped. */
  readonly skip?: boolean
  create(folder: string, lookup: PodLookup): Promise<RunnerUnderTest>
}

export function podRunnerContract(contract: RunnerContract): void {
  describe.skipIf(contract.skip === true)(`pod runner: ${contract.name}`, () => {
    const subject = new LateSubject(contract)
    beforeAll(() => subject.open())
    afterAll(() => subject.close())
    describeExit(subject)
    describeLogs(subject)
    describeEnvironment(subject)
    describeEnding(subject)
    describeSeveral(subject)
    describeParameters(subject)
    describeArtifacts(subject)
    describeVolumes(subject)
  })
}

/** Exists when the suites are described; has its runner when they run. */
class LateSubject implements Subject {
  readonly objects: Subject['objects'] = {
    configMaps: new Map([['settings', { mode: 'fast', 'file.txt': 'from a file' }]]),
    secrets: new Map([['token', { password: 's3cret' }]]),
  }
  folder = ''
  private readonly contract: RunnerContract
  private made: RunnerUnderTest | undefined

  constructor(contract: RunnerContract) {
    this.contract = contract
  }

  get runner(): RunnerUnderTest['runner'] {
    return this.need().runner
  }

  get logs(): RunnerUnderTest['logs'] {
    return this.need().logs
  }

  get artifacts(): RunnerUnderTest['artifacts'] {
    return this.need().artifacts
  }

  async open(): Promise<void> {
    this.folder = mkdtempSync(join(tmpdir(), 'tiphys-runner-'))
    this.made = await this.contract.create(this.folder, {
      configMap: (name) => Promise.resolve(this.objects.configMaps.get(name)),
      secret: (name) => Promise.resolve(this.objects.secrets.get(name)),
    })
  }

  async close(): Promise<void> {
    await this.made?.close()
    await rm(this.folder, { recursive: true, force: true })
  }

  async resultOf(request: Parameters<Subject['resultOf']>[0]): Promise<string | undefined> {
    return (await run(this.runner, { ...request, includeResult: true })).outputs?.result
  }

  private need(): RunnerUnderTest {
    if (this.made === undefined) throw new Error('the subject is made before the tests run')
    return this.made
  }
}
