// The simulation's public face: run a workflow on a virtual clock with stubs in the place of its steps.
export { type CreatedPod, type SimulateOptions, type SimulationResult, simulate } from './simulate.ts'
export type { Attendance, Lane, Limits, Observer } from './state.ts'
export type { Stub, StubOperation, StubOutputs, StubText, Stubs } from './stubs.ts'
export { type LocateArtifact } from './reports.ts'
export { type SurroundingObject } from './surroundings.ts'
export { locateInArchive } from './archive.ts'
