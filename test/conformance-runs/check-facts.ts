// Owns checking what steps printed and left behind against what their manifests say.
import type { Template } from '@tiphys/core/spec'
import type { RealRun, RealRuns } from '@tiphys/test/real'
import type { Example } from './catalogue.ts'
import { facts } from './facts.ts'
import { reachableSpecs, templatesOf } from './needs.ts'

/** What is not as it must be; empty when all is. */
export async function factProblems(example: Example, run: RealRun, runs: RealRuns): Promise<readonly string[]> {
  const own = facts[example.file] ?? {}
  const problems: string[] = [...echoProblems(example, run)]
  for (const [node, text] of Object.entries(own.prints ?? {})) judge(problems, `what ${node} prints`, { wanted: text, found: run.logs.get(fullName(node, run)) })
  for (const [node, parameters] of Object.entries(own.outputs ?? {})) {
    for (const [name, text] of Object.entries(parameters)) judge(problems, `${node}.outputs.parameters.${name}`, { wanted: text, found: outputsOf(run, node)?.parameters?.find((each) => each.name === name)?.value })
  }
  for (const [node, artifacts] of Object.entries(own.artifacts ?? {})) {
    for (const [name, text] of Object.entries(artifacts)) {
      const artifact = outputsOf(run, node)?.artifacts?.find((each) => each.name === name)
      judge(problems, `${node}.outputs.artifacts.${name}`, { wanted: text, found: artifact === undefined ? undefined : await runs.artifactText(artifact) })
    }
  }
  if (own.lines !== undefined) {
    const found = [...run.logs.values()].flatMap((text) => text.split('\n')).sort()
    judge(problems, 'all lines that are printed', { wanted: [...own.lines].sort().join('\n'), found: found.join('\n') })
  }
  return problems
}

function judge(problems: string[], what: string, { wanted, found }: { readonly wanted: string | RegExp; readonly found: string | undefined }): void {
  const good = found !== undefined && (typeof wanted === 'string' ? found === wanted : wanted.test(found))
  if (!good) problems.push(`${what}: ${JSON.stringify(found)} instead of ${typeof wanted === 'string' ? JSON.stringify(wanted) : String(wanted)}`)
}

type NodeOutputs = NonNullable<NonNullable<RealRun['workflow']['status']>['nodes']>[string]['outputs']

function fullName(node: string, run: RealRun): string {
  return node.replace('$wf', run.workflow.metadata.name ?? '')
}

function outputsOf(run: RealRun, node: string): NodeOutputs {
  return Object.values(run.workflow.status?.nodes ?? {}).find(({ name }) => name === fullName(node, run))?.outputs
}

/** Every step that is nothing but `echo` says its arguments, with its inputs as they were recorded. */
function echoProblems(example: Example, run: RealRun): readonly string[] {
  const recorded = example.recorded.find(({ run: each }) => each.scenario === 'default')?.run.expected.nodes ?? {}
  const templates = new Map(reachableSpecs(example.workflow, example.objects).flatMap((spec) => templatesOf(spec)).map((template) => [template.name, template]))
  const problems: string[] = []
  for (const [name, node] of Object.entries(recorded)) {
    const text = node['type'] === 'Pod' ? echoed(templates.get(String(node['templateName'])), node) : undefined
    const found = run.logs.get(fullName(name, run))
    if (text !== undefined && found !== undefined) judge(problems, `what ${name} echoes`, { wanted: text, found })
  }
  return problems
}

function echoed(template: Template | undefined, node: Readonly<Record<string, unknown>>): string | undefined {
  const { command = [], args = [] } = template?.container ?? {}
  if (command[0] !== 'echo' || template?.initContainers !== undefined) return undefined
  const { parameters = {} } = (node['inputs'] ?? {}) as { readonly parameters?: Readonly<Record<string, string>> }
  const text = [...command.slice(1), ...args].join(' ').replace(/\{\{inputs\.parameters\.([\w-]+)\}\}/g, (tag, name: string) => parameters[name] ?? tag)
  // Scripted outcomes stand in the inputs of later steps.
  return text.includes('{{') || text.includes('stub-') ? undefined : text
}
