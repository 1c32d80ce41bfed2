// What tags see of the steps of earlier groups.
import type { Template, WorkflowStep } from '@tiphys/core/spec'
import type { Frame, Place, RunNode, Turn } from './model.ts'
import { nodeNamed } from './nodes.ts'
import { type NodeView, type Siblings, loopView, viewOf } from './results.ts'
import type { Group, StepsBody } from './steps-group.ts'
import { findTemplate } from './templates.ts'

/** Loops whose results cannot be listed make the whole template an Error (OUT-6). */
export function aggregateProblem(turn: Turn, frame: Frame, body: StepsBody): string | undefined {
  const group = body.current as Group
  for (const step of body.plan.groups[group.index] ?? []) {
    if (step.loop === undefined) continue
    const view = siblings(turn, frame, { body, before: group.index + 1 }).view(step.name)
    if (view?.aggregate?.problem !== undefined) return view.aggregate.problem
  }
  return undefined
}

/** Steps of earlier groups, by name. */
export function siblings({ run, world }: Place, frame: Frame, at: { body: StepsBody; before: number }): Siblings {
  const { body, before } = at
  const place: Place = { run, world }
  return {
    view(name) {
      const index = body.plan.groupOf.get(name)
      if (index === undefined || index >= before) return undefined
      if (!body.views.has(name)) body.views.set(name, stepView(place, frame, { name, index }))
      return body.views.get(name)
    },
    *names() {
      for (const [name, index] of body.plan.groupOf) if (index < before) yield name
    },
  }
}

function stepView(place: Place, frame: Frame, at: { name: string; index: number }): NodeView | undefined {
  const { run } = place
  const groupName = `${frame.name}[${at.index}]`
  const node = nodeNamed(run, `${groupName}.${at.name}`)
  const source = frame.compiled.source.steps?.[at.index]?.find((step) => step.name === at.name)
  if (node !== undefined) return viewOf(run, node, declaredTemplate(place, frame, source), true)
  const group = nodeNamed(run, groupName)
  if (group === undefined) return undefined
  const prefix = `${groupName}.${at.name}(`
  const children = group.children.map((id) => run.nodes.get(id)).filter((child) => child?.name.startsWith(prefix) === true && child.type !== 'Skipped')
  return loopView(run, group, children as RunNode[])
}

/** The template that a skipped step would have called, for the defaults of its outputs. */
export function declaredTemplate({ run, world }: Place, frame: Frame, source: Pick<WorkflowStep, 'template' | 'templateRef' | 'inline' | 'name'> | undefined): Template | undefined {
  if (source === undefined) return undefined
  const found = findTemplate(run, world.catalog, {
    name: `${frame.name}.${source.name ?? ''}`, kind: 'step', label: '', template: source.template, templateRef: source.templateRef, inline: source.inline,
    args: { parameters: new Map(), artifacts: [] }, context: frame.context, boundary: frame, onExit: false, hooked: false,
  })
  return found.ok ? found.compiled.source : undefined
}
