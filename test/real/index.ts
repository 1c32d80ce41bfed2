// What tests of several folders use to run workflows for real.
export { HOST_NAME, RealRuns, type RealRun, type RealRunOptions } from './run.ts'
