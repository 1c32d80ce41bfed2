// Commands that work on files alone: simulate, lint, eval, schema.
import type { CommandSpec } from '../../flags/index.ts'
import { NO_COLOR, NO_UTF8, PARAMETER, WITH, output } from './flags.ts'
import { eitherWay } from './load.ts'

export const simulate: CommandSpec = {
  name: 'simulate',
  operands: 'FILE',
  short: 'run a workflow on a virtual clock, with stubs in the place of its steps',
  long: 'Simulate carries a workflow out with nothing behind it: what each step does is said in a file of stubs, and time jumps from one thing that happens to the next. ' +
    'The exit code is 0 when the simulation came to its end and all assertions hold, whatever became of the workflow; 1 when not; 2 for bad usage or an invalid manifest.',
  examples: [
    { does: 'See which way a workflow takes when every step succeeds', run: 'simulate workflow.yaml' },
    { does: 'Say what steps do', run: 'simulate workflow.yaml --stubs stubs.yaml' },
    { does: 'Keep it as a test', run: 'simulate workflow.yaml --stubs stubs.yaml --assert assert.yaml' },
    { does: 'See what runs when', run: 'simulate workflow.yaml --stubs stubs.yaml -o timeline' },
    { does: 'Get the finished workflow, or the pods that it asked for', run: 'simulate workflow.yaml -o json\ntiphys simulate workflow.yaml -o pods' },
  ],
  args: { min: 1, max: 1, complete: 'manifests' },
  usageExit: 2,
  flags: [
    { name: 'stubs', type: 'string', usage: 'what steps do', placeholder: 'FILE', complete: 'files' },
    { name: 'assert', type: 'string', usage: 'what has to hold in the end', placeholder: 'FILE', complete: 'files' },
    WITH,
    PARAMETER,
    { name: 'name', type: 'string', usage: 'the name of the workflow' },
    { name: 'index', type: 'int', usage: 'which workflow of the file, counted from 0' },
    { name: 'seed', type: 'string', usage: 'what draws of chance follow from; equal seeds give equal results', placeholder: 'N' },
    output('json', 'yaml', 'tree', 'timeline', 'pods', 'svg', 'branches'),
    NO_COLOR,
    NO_UTF8,
  ],
  load: () => import('../simulate.ts'),
}

export const lint: CommandSpec = {
  name: 'lint',
  operands: 'FILE...',
  short: 'validate files or directories of manifests',
  long: 'Lint finds what cannot work in Workflows, WorkflowTemplates, ClusterWorkflowTemplates and CronWorkflows, says where it is and how to mend it. ' +
    'Files that are given together may refer to each other\'s templates. With --compat argo only what Argo refuses counts, in Argo\'s words. The exit code is 1 when there are errors.',
  examples: [
    { does: 'Lint all manifests of a folder', run: 'lint ./manifests' },
    { does: 'Lint standard input', run: 'lint -' },
    { does: 'Ask what Argo would say', run: 'lint --compat argo workflow.yaml' },
    { does: 'Show findings beside the lines of a change on GitHub', run: 'lint -o github ./manifests' },
    { does: 'Lint workflow templates only', run: 'lint --kinds workflowtemplates ./manifests' },
  ],
  args: { min: 1, complete: 'manifests' },
  flags: [
    { name: 'strict', type: 'bool', usage: 'Perform strict workflow validation', default: true },
    { name: 'kinds', type: 'strings', usage: 'Which kinds will be linted. Can be: workflows|workflowtemplates|cronworkflows|clusterworkflowtemplates', default: ['all'] },
    { name: 'offline', type: 'bool', usage: 'perform offline linting, with the templates of the given files alone' },
    { name: 'output', short: 'o', type: 'string', usage: 'Linting results output format', values: ['pretty', 'simple', 'json', 'sarif', 'github'], argo: { values: ['pretty', 'simple'] }, default: 'pretty' },
    NO_COLOR,
  ],
  load: eitherWay(() => import('../lint.ts'), () => import('../../remote/commands/lint.ts')),
}

const KINDS = ['expr', 'bool', 'template', 'when', 'depends', 'sequence', 'items', 'duration', 'quantity', 'cron', 'nodeId', 'podName']

export const evaluate: CommandSpec = {
  name: 'eval',
  operands: 'EXPRESSION|TEMPLATE',
  short: 'evaluate an expression, a template or another text of manifests',
  long: 'Eval shows what a text of a manifest means. With --kind expr (the default), bool and template the variables come from --env, a file in YAML or JSON; ' +
    'for the other kinds --env has what else the kind needs, such as the tasks and results of depends. With --cases it answers many cases, one JSON object a line, each with its id.',
  examples: [
    { does: 'Evaluate an expression', run: "eval 'asInt(\"3\") * 2'" },
    { does: 'Fill a template from a file of variables', run: "eval 'hello {{inputs.parameters.who}}' --env vars.yaml" },
    { does: 'Judge a condition', run: "eval 'heads == tails' --kind when" },
    { does: 'See when a schedule fires', run: "eval '0 9 * * MON-FRI' --kind cron" },
    { does: 'See what a duration or a quantity is', run: "eval 1h30m --kind duration\ntiphys eval 1.5Gi --kind quantity" },
    { does: 'Answer a file of cases', run: 'eval --cases cases.jsonl' },
  ],
  args: { max: 1, check: (args, flags) => (args.length === 0 && !flags.given('cases') ? 'eval needs a text, or --cases FILE' : undefined) },
  flags: [
    { name: 'kind', type: 'string', usage: 'what the text is; expr, or template when it has tags', values: KINDS },
    { name: 'env', type: 'string', usage: 'the variables, or what else the kind needs', placeholder: 'FILE', complete: 'files' },
    { name: 'cases', type: 'string', usage: 'answer the cases of a file, one JSON object a line', placeholder: 'FILE.jsonl', complete: 'files' },
    output('json'),
  ],
  load: () => import('../eval.ts'),
}

export const schema: CommandSpec = {
  name: 'schema',
  short: 'print the JSON schema of manifests, for editors',
  long: 'Schema prints a JSON schema (draft 7) of all kinds that the program reads. Editors complete and check manifests by it.',
  examples: [
    { does: 'Keep the schema', run: 'schema > argo.schema.json' },
    { does: 'Use it in a file, for editors with the YAML language server', run: "schema > argo.schema.json && sed -i '1i # yaml-language-server: $schema=argo.schema.json' workflow.yaml" },
  ],
  args: { max: 0 },
  load: () => import('../schema.ts'),
}
