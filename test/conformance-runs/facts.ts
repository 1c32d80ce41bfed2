// Owns what the steps of the reference's examples must print and leave behind, as their manifests say it.

export interface Facts {
  /** What a node's containers print, by the node's name with `$wf` for the workflow's. */
  readonly prints?: Readonly<Record<string, string | RegExp>>
  /** Output parameters, by node and name. */
  readonly outputs?: Readonly<Record<string, Readonly<Record<string, string | RegExp>>>>
  /** Texts of stored artifacts that are not packed, by node and name. */
  readonly artifacts?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** How often each line is printed in the whole run, in any order. */
  readonly lines?: readonly string[]
}

const year = String(new Date().getUTCFullYear())
const count = (times: number, text: string): string => Array.from({ length: times }, () => text).join('\n')
const heads = /^(heads|tails)$/

/** By file. */
export const facts: Readonly<Record<string, Facts>> = {
  'arguments-artifacts.yaml': { prints: { $wf: 'kubectl version' } },
  'artifact-passing.yaml': { prints: { '$wf[1].consume-artifact': 'hello world' } },
  'artifact-passing-subpath.yaml': { prints: { '$wf[1].list-artifact': /^hello_world\.txt$/m, '$wf[2].consume-artifact': 'hello world' } },
  'artifact-path-placeholders.yaml': { outputs: { $wf: { 'actual-lines-count': '3' } } },
  'colored-logs.yaml': { prints: { $wf: /^(?:[^\n]*(?:No Color|[FB]G \w+)[^\n]*\n){98}[^\n]+$/ } },
  'conditional-parameters.yaml': { outputs: { $wf: { stepresult: heads } } },
  'container-set-template/outputs-result-workflow.yaml': { prints: { '$wf.a': 'hi' } },
  'container-set-template/workspace-workflow.yaml': { outputs: { $wf: { out: 'hi' } }, prints: { $wf: 'hello argo' } },
  'daemon-nginx.yaml': { prints: { '$wf[1].nginx-client': /^curl --silent -G http:\/\/127\.0\.0\.1:80\/\nWelcome/ } },
  'daemon-step.yaml': { prints: { '$wf[3].consumer': /^(?=[^]*server01)(?=[^]*server02)(?=[^]*load=10\b)(?=[^]*server03,region=useast load=15\.4)/ } },
  'dag-conditional-parameters.yaml': { outputs: { $wf: { stepresult: heads } } },
  'dag-daemon-task.yaml': { prints: { '$wf.consumer': /^(?=[^]*server01)(?=[^]*server02)(?=[^]*load=20\b)(?=[^]*server03)/ } },
  'dag-diamond.yaml': { lines: ['A', 'B', 'C', 'D'] },
  'dag-multiroot.yaml': { lines: ['A', 'B', 'C', 'D'] },
  'dag-nested.yaml': { lines: ['A', 'B', 'C', 'D'].flatMap((outer) => ['A', 'B', 'C', 'D'].map((inner) => outer + inner)) },
  'dag-targets.yaml': { lines: ['A', 'C', 'E'] },
  'exit-code-output-variable.yaml': { prints: { '$wf[1].echo-container': 'Exit code was: 123' } },
  'exit-handlers.yaml': { prints: { $wf: 'intentional failure', '$wf.onExit[0].notify': /^send e-mail: exit-handlers-\w+ Failed \d+\.\d{6}\. Failed steps \[\{/, '$wf.onExit[0].cry': 'boohoo!' } },
  'exit-handler-with-artifacts.yaml': { prints: { '$wf[0].step-1.onExit': 'Welcome' } },
  'exit-handler-with-param.yaml': { outputs: { '$wf[0].step-1': { result: 'hello world' } }, prints: { '$wf[0].step-1.onExit': 'hello world' } },
  'expression-destructure-json.yaml': { prints: { $wf: '123' } },
  'expression-destructure-json-complex.yaml': { prints: { $wf: '[43][43][{"age":43,"name":"Baris"}]["Baris","Mo","Jai"]' } },
  'expression-reusing-verbose-snippets.yaml': { prints: { $wf: "The week's average temperature was 35.8 with a minimum of 15 and a maximum of 57." } },
  'expression-tag-template-workflow.yaml': { outputs: { '$wf.task-0(0:3)': { output: `hello 30 @ ${year}` } } },
  'fibonacci-seq-conditional-param.yaml': { prints: { '$wf[1].printresult': /\b5\b/ } },
  'forever.yaml': { prints: { $wf: Array.from({ length: 1000 }, (_, i) => i + 1).join('\n') } },
  'global-outputs.yaml': { prints: { '$wf[1].consume-globals[0].consume-global-param': 'hello world', '$wf[1].consume-globals[0].consume-global-art': 'hello world' } },
  'handle-large-output-results.yaml': { prints: { '$wf[1].sequence-param(0:0)': '"a"', '$wf[1].sequence-param(1:1)': '"b"', '$wf[1].sequence-param(2:2)': '"c"' } },
  'init-container.yaml': { prints: { $wf: /^(?=[^]*hello)(?=[^]*bye)/ } },
  'input-artifact-http.yaml': { prints: { $wf: 'kubectl version' } },
  'input-artifact-raw.yaml': { prints: { $wf: 'this is\nthe raw file\ncontents' } },
  'key-only-artifact.yaml': { prints: { '$wf.consume': 'hello' } },
  'loops-arbitrary-sequential-steps.yaml': { lines: ['succeeds 1', 'succeeds 2', 'succeeds 3', 'will fail and stop here'] },
  'loops-dag.yaml': { lines: ['A', 'foo', 'bar', 'baz', 'C'] },
  'loops-param-result.yaml': { lines: Array.from({ length: 11 }, (_, i) => [`sleeping for ${i + 20} seconds`, 'done']).flat().concat('[20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30]') },
  'loops-sequence.yaml': {
    lines: ['0', '1', '2', '3', '4', '100', '101', '102', '103', '104', '105', '200', '201', '202', '5', '4', '3', '2', '1', '0', ...[0, 1, 2, 3, 4].map((i) => `testuser0${i}`)],
  },
  'loops.yaml': { lines: ['hello world', 'goodbye world'] },
  'map-reduce.yaml': { artifacts: { '$wf.reduce': { total: '{"total": 20}' } } },
  'memoize-simple.yaml': { outputs: { $wf: { hello: 'world' } } },
  'nested-workflow.yaml': {
    outputs: { '$wf[0].generate': { 'out-parameter': 'my-output-parameter' }, '$wf[1].nested-wf': { 'nested-out-parameter': 'my-output-parameter' } },
    prints: { '$wf[2].consume': 'input parameter value: my-output-parameter\ninput artifact contents:\nhello world' },
  },
  'output-parameter.yaml': { prints: { '$wf[1].consume-parameter': 'hello world' } },
  'parameter-aggregation.yaml': {
    prints: { '$wf[1].print-nums': '["1","2","3","4"]', '$wf[2].print-evenness': '["odd","even","odd","even"]', '$wf[4].print(0:1)': '1', '$wf[4].print(1:2)': '2' },
  },
  'parameter-aggregation-dag.yaml': { prints: { '$wf.print-nums': '["1","2","3","4"]', '$wf.print-evenness': '["odd","even","odd","even"]', '$wf.print(0:1)': '1', '$wf.print(1:2)': '2' } },
  'parameter-aggregation-script.yaml': { prints: { '$wf[1].divide-by-2(1:evenness:even,num:2)': /(^|\n)1$/, '$wf[1].divide-by-2(3:evenness:even,num:4)': /(^|\n)2$/ } },
  'recursive-for-loop.yaml': { lines: Array.from({ length: 10 }, (_, i) => String(i + 1)) },
  'scripts-bash.yaml': { prints: { '$wf[1].print': /^result was: \d+$/ } },
  'scripts-javascript.yaml': { prints: { '$wf[1].print': /^result was: \d+$/ } },
  'scripts-python.yaml': { prints: { '$wf[1].print': /^result was: \d+$/ } },
  'sidecar-nginx.yaml': { prints: { $wf: /Welcome/ } },
  'skipped-output-defaults/consumer-input-default.yaml': { prints: { '$wf.consumer': 'consumer got: [fallback-from-input]' } },
  'skipped-output-defaults/expression-fallback.yaml': { outputs: { $wf: { result: 'expr-fallback' } } },
  'skipped-output-defaults/producer-output-default.yaml': { prints: { '$wf.consumer': 'consumer got: [hello-from-producer]' } },
  'status-reference.yaml': { lines: ['the flakey container failed'] },
  'synchronization-mutex-tmpl-level.yaml': { lines: count(10, 'acquired lock').split('\n') },
  'synchronization-tmpl-level.yaml': { lines: count(5, 'acquired lock').split('\n') },
  'template-on-exit.yaml': { lines: ['hello world', 'goodbye world', 'hello world', 'goodbye world'] },
  'variables-showcase.yaml': { prints: { '$wf[3].dag-stage.gather': /c-loop\.named-params = \[tag=x,tag=y,tag=z\]/, '$wf.onExit[0].report': /^workflow\.status +(?:=) Succeeded\n/ } },
  'volumes-emptydir.yaml': { prints: { $wf: 'Volume mounted and found' } },
  'volumes-existing.yaml': { prints: { '$wf[1].print': /^Volume access log:\naccessed at: / } },
  'volumes-pvc.yaml': { prints: { '$wf[1].print': 'getting message from volume\n/mnt/vol\n/mnt/vol/hello_world.txt\nhello world' } },
}
