// Owns ways to mend what the reference refuses, by its own words, for those refusals that no rule of ours tells better.

type Hint = string | ((match: RegExpExecArray) => string)

const usable = (name: string, others: RegExp): string => name.replace(others, '-').replace(/^-+|-+$/g, '') || 'a-name'

const hints: readonly (readonly [RegExp, Hint])[] = [
  [/spec\.entrypoint is required/, 'add entrypoint, the name of the template that runs first'],
  [/name is required$/, 'give it a name'],
  [/ is not unique$/, 'rename one of them'],
  [/name:? '([^']*)' is invalid: name must consist/, ([, name = '']) => `write for example "${usable(name, /[^a-zA-Z0-9-]+/g)}"`],
  [/name:? '([^']*)' is invalid: Parameter\/Artifact name/, ([, name = '']) => `write for example "${usable(name, /[^\w-]+/g)}"`],
  [/ type is unknown$/, 'give it one of container, script, containerSet, steps, dag, suspend, resource, http, data and plugin'],
  [/image may not be empty/, 'add image'],
  [/must have a container named "main"/, 'name one of the containers "main": it has the inputs and outputs'],
  [/reserved Argo container name/, 'choose another name'],
  [/multiple template types specified/, 'keep one of them, and make a template of its own of each other'],
  [/does not have valueFrom or value specified/, 'add valueFrom, such as {path: /tmp/out} in a container and {parameter: "{{tasks.a.outputs.result}}"} in a dag'],
  [/must have at least one task/, 'add tasks'],
  [/was not supplied$/, 'give it a value in the arguments, or a default where the input is declared'],
  [/only allows: default, configMapKeyRef and supplied/, 'write value: "{{...}}" to pass on a value, such as {{tasks.a.outputs.result}}'],
  [/only one of withItems, withParam, withSequence/, 'keep one of them'],
  [/Expression required$/, 'add expression, on which the hook runs; only the hook "exit" goes without'],
  [/couldn't find workflow template/, 'lint the file that defines it in the same call; one of the cluster needs clusterScope: true'],
  [/couldn't find cluster workflow template/, 'lint the file that defines it in the same call; one of the namespace needs no clusterScope'],
  [/only valid for leaf templates/, 'put it on the templates that this one calls'],
  [/template doesn't support (?:pendingT|t)imeout field/, 'put it on the templates that this one calls'],
  [/parallelism is only valid for steps and dag/, 'put it on the template that calls this one, or on the workflow'],
  [/path only valid in container\/script templates/, 'steps and dags take artifacts of what they call: from: "{{tasks.a.outputs.artifacts.b}}"'],
  [/refer to a non-exist artifact/, 'add it to the input artifacts of the template'],
  [/has both valueFrom and value specified/, 'keep one of them'],
  [/failed to resolve \{\{workflow\.(labels|annotations)\./, ([, kind = '']) => `add it to metadata.${kind} or to workflowMetadata.${kind}`],
]

/** A way to mend it; undefined when the words say enough. */
export function referenceHint(message: string): string | undefined {
  for (const [words, hint] of hints) {
    const match = words.exec(message)
    if (match !== null) return typeof hint === 'string' ? hint : hint(match)
  }
  return undefined
}

/** The refusal without the way of calls that led to it: the place says where it is. */
export function withoutTrail(message: string): string {
  const last = message.lastIndexOf(' templates.')
  return last > 0 && /^(?:templates\.\S* )*$/.test(message.slice(0, last + 1)) ? message.slice(last + 1) : message
}
