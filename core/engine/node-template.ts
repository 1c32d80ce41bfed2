// The template of a node, as a stored run knows it: nothing substituted, no call at hand.
import type { Template } from '@tiphys/core/spec'
import type { Run, RunNode } from './model.ts'

/** Undefined for inline templates, which have no name to be found by, and for those that the run never read. */
export function templateOfNode(run: Run, node: RunNode): Template | undefined {
  const live = run.frames.get(node.id)
  if (live !== undefined) return live.template
  const { templateRef, templateName = '', templateScope } = node
  if (templateRef !== undefined) {
    const scope = `${templateRef.clusterScope === true ? 'cluster' : 'namespaced'}/${templateRef.name ?? ''}`
    return run.templates.stored.get(`${scope}/${templateRef.template ?? ''}`)
  }
  if (templateName === '') return undefined
  return run.templates.stored.get(`${templateScope}/${templateName}`) ?? run.spec.templates?.find(({ name }) => name === templateName)
}
