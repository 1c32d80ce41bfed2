// Real runs of manifests that are not our own, for tests of other folders.
export { type Example, type ExampleFile, type Part, loadExampleFiles } from './catalogue.ts'
export { type NormalForm, type Outcome, type Surroundings, isRunnable, runExample } from './real-example.ts'
export { openWeb } from './web.ts'
export { compatibilityTable } from './compatibility.ts'
export { shapeDifferences } from './compare.ts'
export { endpointTable } from './endpoints.ts'
