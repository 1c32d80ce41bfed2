// Runs on a machine of chance, for tests of other folders.
export { Recorder, freshWorld } from './recorder.ts'
