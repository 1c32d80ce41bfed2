// Owns the list of recordings that are right to differ, each with the reason.

const HOOK_OF_STOPPED = 'the reference fails the exit handler of a stopped step when the pod of that step takes time to end; ours lets exit handlers run'
const ONE_LOOK_MORE = 'fail-fast is noticed a look later in the reference, which by then has seen the stopped pod still running; ours ends at once'
const OCTAL = 'the recorder read 0755 as a decimal number; Kubernetes and its tools read YAML numbers with a leading zero as octal'
const SPLIT = 'the recorder kept the last line break of a block before ---; tools of the reference split files at the line break and ---'

/** Runs, by id. */
export const deviations: ReadonlyMap<string, string> = new Map([
  ['argo-examples/exit-handler-step-level stop', HOOK_OF_STOPPED],
  ['argo-examples/exit-handler-step-level terminate', 'pods ran ten times as fast as the clock of the operation: an exit handler that had run by then has not even started on one clock'],
  ['argo-examples/http-hello-world default', 'the recorded answers are not those of the stubs: the agent had answered before they were in force'],
  ['argo-examples/loops-arbitrary-sequential-steps stop', ONE_LOOK_MORE],
  ['argo-examples/loops-arbitrary-sequential-steps terminate', ONE_LOOK_MORE],
  ['argo-examples/parallelism-nested-workflow retry-all', 'the reference ends a step group whose first items wait for a place, and never runs them; ours runs all items'],
  ['argo-examples/template-on-exit stop', HOOK_OF_STOPPED],
  ['argo-examples/variables-showcase auto1', 'the daemon happened to come up in the same look in which the other step failed, which shows in the condition PodRunning'],
])

/** Pods, by id. */
export const podDeviations: ReadonlyMap<string, string> = new Map([
  ['arguments-artifacts kubectl-input-artifact', OCTAL],
  ['input-artifact-http http-artifact-example', OCTAL],
  ['cron-backfill.2 main', SPLIT],
  ['cron-backfill create-job', SPLIT],
])
