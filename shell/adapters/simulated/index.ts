// Owns making a simulated runner out of its parts, and what programs may use of it.
import { type Stubs, stubPlayer } from '@tiphys/core/simulate'
import type { Clock, LogStore, PodRunner, TaskRunner } from '@tiphys/shell/ports'
import { Journal } from './journal.ts'
import { type LogScript, scriptedLogs } from './logs.ts'
import { SimulatedRunner, type StepOf } from './runner.ts'
import { simulatedTasks } from './tasks.ts'

export type { KnownStep, StepOf } from './runner.ts'
export type { LogScript } from './logs.ts'
export { type PlayedTime, playedClock } from './scaled-clock.ts'

export interface SimulatedOptions {
  /** Folder for what must outlive this process; one per runner. */
  readonly stateFolder: string
  readonly stubs: Stubs
  /** Without one nothing is printed. */
  readonly logs?: LogScript
  readonly clock: Clock
  readonly stepOf: StepOf
  /** The node on which all pods run; `node-1` unless said otherwise. */
  readonly hostNodeName?: string
}

export interface SimulatedParts {
  readonly runner: PodRunner
  readonly tasks: TaskRunner
  readonly logs: LogStore
}

export function createSimulatedRunner({ stateFolder, stubs, logs = {}, clock, stepOf, hostNodeName = 'node-1' }: SimulatedOptions): SimulatedParts {
  const journal = new Journal(stateFolder)
  const player = stubPlayer(stubs)
  return {
    runner: new SimulatedRunner({ journal, player, clock, stepOf, hostNodeName }),
    tasks: simulatedTasks({ journal, player, clock, stepOf }),
    logs: scriptedLogs({ journal, script: logs, clock }),
  }
}
