// Owns rules for event bindings, whose selector, arguments and names are expressions over an event.
import { compileExpression } from '@tiphys/core/expr'
import type { Path, WorkflowEventBinding } from '@tiphys/core/spec'
import type { Remarks } from '../finding.ts'
import type { Universe } from '../universe.ts'

export function checkBinding(binding: WorkflowEventBinding, universe: Universe, remarks: Remarks): void {
  const { event, submit } = binding.spec
  if (event.selector.trim() === '') remarks.error('expression_syntax', ['spec', 'event'], 'the binding selects no event', 'add event: {selector: payload.type == "x"}')
  else checkSyntax(event.selector, ['spec', 'event', 'selector'], remarks)
  for (const [i, parameter] of (submit?.arguments?.parameters ?? []).entries()) {
    const expression = parameter.valueFrom?.event
    if (expression !== undefined) checkSyntax(expression, ['spec', 'submit', 'arguments', 'parameters', i, 'valueFrom', 'event'], remarks)
  }
  const { name, generateName, labels, annotations } = submit?.metadata ?? {}
  for (const [key, expression] of Object.entries({ name, generateName })) {
    if (expression !== undefined && expression !== '') checkSyntax(expression, ['spec', 'submit', 'metadata', key], remarks)
  }
  for (const [field, values] of Object.entries({ labels, annotations })) {
    for (const [key, expression] of Object.entries(values ?? {})) checkSyntax(expression, ['spec', 'submit', 'metadata', field, key], remarks)
  }
  checkTemplate(binding, universe, remarks)
}

function checkSyntax(expression: string, path: Path, remarks: Remarks): void {
  const program = compileExpression(expression)
  if (!program.ok) remarks.error('expression_syntax', path, program.error.message.split('\n')[0] ?? '', program.error.hint)
}

/** The template may live in the cluster, so its absence among the files only looks wrong. */
function checkTemplate(binding: WorkflowEventBinding, universe: Universe, remarks: Remarks): void {
  const ref = binding.spec.submit?.workflowTemplateRef
  const { name = '', clusterScope } = ref ?? {}
  if (name === '') return
  const { catalog } = universe
  const found = clusterScope === true ? catalog.clusterWorkflowTemplate(name) : catalog.workflowTemplate(binding.metadata.namespace ?? '', name)
  if (found !== undefined) return
  const kind = clusterScope === true ? 'ClusterWorkflowTemplate' : 'WorkflowTemplate'
  remarks.warning('template_unknown', ['spec', 'submit', 'workflowTemplateRef', 'name'], `${kind} "${name}" is not among the files`)
}
