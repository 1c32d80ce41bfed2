// Checks what cluster workflow templates may refer to.
import { describe, expect, it } from 'vitest'
import type { ClusterWorkflowTemplate, WorkflowTemplate } from '../index.ts'
import type { TemplateCatalog } from './context.ts'
import { validateWorkflowTemplate } from './workflow.ts'

const shared = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ClusterWorkflowTemplate', metadata: { name: 'shared' }, spec: { entrypoint: 'a', templates: [{ name: 'a', container: { image: 'a:1' } }] } } as unknown as ClusterWorkflowTemplate

/** A catalog whose answers hang on what it is, as those of a server do. */
class Shelf implements TemplateCatalog {
  workflowTemplate(): WorkflowTemplate {
    return { ...shared, kind: 'WorkflowTemplate' } as unknown as WorkflowTemplate
  }
  clusterWorkflowTemplate(name: string): ClusterWorkflowTemplate | undefined {
    return [shared].find(({ metadata }) => metadata.name === name)
  }
}

function problemOf(clusterScope: boolean, name: string): string | undefined {
  const object = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ClusterWorkflowTemplate', metadata: { name: 'mine' }, spec: { workflowTemplateRef: { name, clusterScope } } }
  return validateWorkflowTemplate(object as unknown as ClusterWorkflowTemplate, { purpose: 'lint', catalog: new Shelf() })?.message
}

describe('a cluster workflow template', () => {
  it('may use those of the cluster', () => {
    expect(problemOf(true, 'shared')).toBeUndefined()
    expect(problemOf(true, 'absent')).toContain('"absent"')
  })

  it('cannot use those of a namespace', () => {
    expect(problemOf(false, 'shared')).toContain('"shared"')
  })
})
