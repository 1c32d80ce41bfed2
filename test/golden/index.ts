// The recorded runs, for tests of other folders.
export { type Case, type Expected, type RecordedRun, conformanceFolder, loadCases, loadDifferences, openLibrary, play } from './cases.ts'
export { judge } from './verdict.ts'
export { deviations } from './deviations.ts'
