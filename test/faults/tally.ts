// Owns workflows whose steps write down that they start and end, so that what ran how often can be counted from outside.
import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Container, Template, Workflow } from '@tiphys/core/spec'

export interface Count { readonly starts: number; readonly ends: number }

export interface TallyPlan {
  /** The file that the steps write to. */
  readonly file: string
  /** Seconds that a step of this template takes beyond its own work. */
  readonly pace: (template: string) => number
}

const wrapper = 'echo "start $ARGO_NODE_ID" >>"$TALLY"; /bin/sleep "$PACE"; "$@"; code=$?; echo "end $ARGO_NODE_ID" >>"$TALLY"; exit $code'

/** The same workflow with every step between two notes. The file lies on the host, so steps that have paths of their own get it as a volume. */
export function tallied(workflow: Workflow, plan: TallyPlan): Workflow {
  const templates = (workflow.spec.templates ?? []).map((template) => talliedTemplate(template, plan))
  const volumes = [...(workflow.spec.volumes ?? []), { name: 'tally', hostPath: { path: dirname(plan.file) } }]
  return { ...workflow, spec: { ...workflow.spec, templates, volumes } }
}

function talliedTemplate(template: Template, plan: TallyPlan): Template {
  const hasPaths = [template.inputs?.artifacts, template.outputs?.artifacts].some((list) => (list ?? []).length > 0) || (template.outputs?.parameters ?? []).some(({ valueFrom }) => valueFrom?.path !== undefined)
  const wrap = <T extends Container>(container: T): T => ({
    ...container,
    command: ['sh', '-c', wrapper, 'step', ...(container.command ?? [])],
    env: [...(container.env ?? []), { name: 'TALLY', value: plan.file }, { name: 'PACE', value: plan.pace(template.name ?? '').toFixed(3) }],
    ...(hasPaths && { volumeMounts: [...(container.volumeMounts ?? []), { name: 'tally', mountPath: dirname(plan.file) }] }),
  })
  return { ...template, ...(template.container !== undefined && { container: wrap(template.container) }), ...(template.script !== undefined && { script: wrap(template.script) }) }
}

/** How often each node started and ended, by id. */
export function readTally(file: string): ReadonlyMap<string, Count> {
  const counts = new Map<string, Count>()
  if (!existsSync(file)) return counts
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [word, node = ''] = line.split(' ')
    if (node === '') continue
    const { starts, ends } = counts.get(node) ?? { starts: 0, ends: 0 }
    counts.set(node, word === 'start' ? { starts: starts + 1, ends } : { starts, ends: ends + 1 })
  }
  return counts
}
