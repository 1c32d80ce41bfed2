// What tests of several folders use to run workflows for real.
export { RealRuns, type RealRun, type RealRunOptions } from './run.ts'
