// Owns what became of fields that older versions of the reference knew, and of fields that people look for in the wrong place.

const moved: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CronWorkflowSpec: {
    schedule: 'use "schedules", a list',
    templates: 'put it under "workflowSpec"',
    entrypoint: 'put it under "workflowSpec"',
    workflowTemplateRef: 'put it under "workflowSpec"',
    arguments: 'put it under "workflowSpec"',
  },
  Synchronization: { mutex: 'use "mutexes", a list', semaphore: 'use "semaphores", a list' },
  WorkflowSpec: {
    ttlSecondsAfterFinished: 'use "ttlStrategy" with "secondsAfterCompletion"',
    podPriority: 'use "podPriorityClassName"',
    schedules: 'only a CronWorkflow has schedules',
    workflowSpec: 'only a CronWorkflow has a workflowSpec',
    serviceAccount: 'did you mean "serviceAccountName"?',
    steps: 'steps belong to a template: spec.templates[].steps',
    dag: 'a dag belongs to a template: spec.templates[].dag',
    container: 'a container belongs to a template: spec.templates[].container',
  },
  Template: {
    priority: 'use "priorityClassName"',
    image: 'put it under "container"',
    command: 'put it under "container"',
    args: 'put it under "container"',
    env: 'put it under "container"',
    resources: 'put it under "container"',
    parameters: 'put it under "inputs" or "outputs"',
    template: 'templates do not refer to templates: call it from a step or a task',
    templateRef: 'templates do not refer to templates: call it from a step or a task',
    arguments: 'templates have "inputs"; arguments belong to the step or task that calls',
    when: 'conditions belong to the step or task that calls',
    onExit: 'exit handlers belong to the step, task or workflow',
  },
  WorkflowStep: {
    dependencies: 'only tasks of a dag have dependencies: steps run in the order of the list',
    depends: 'only tasks of a dag depend on each other: steps run in the order of the list',
    inputs: 'did you mean "arguments"?',
    parameters: 'put it under "arguments"',
    container: 'steps call a template; put the container under "inline" or into a template',
  },
  DAGTask: {
    inputs: 'did you mean "arguments"?',
    parameters: 'put it under "arguments"',
    container: 'tasks call a template; put the container under "inline" or into a template',
    dependsOn: 'did you mean "depends" (an expression) or "dependencies" (a list)?',
  },
  Container: { environment: 'did you mean "env"?', volumes: 'did you mean "volumeMounts"?' },
}

/** What to do about a field that the struct does not have, when it is a well-known one. */
export function movedField(struct: string, field: string): string | undefined {
  const fields = moved[struct]
  return fields !== undefined && Object.hasOwn(fields, field) ? fields[field] : undefined
}
