// The objects that runs may read, mirrored in memory so that a step needs no waiting.
import type { Catalog } from '@tiphys/core/engine'
import type { ClusterWorkflowTemplate, ConfigMap, WorkflowTemplate } from '@tiphys/core/spec'

export type CatalogObject = WorkflowTemplate | ClusterWorkflowTemplate | ConfigMap

export class ObjectCatalog implements Catalog {
  private readonly objects = new Map<string, CatalogObject>()

  workflowTemplate(namespace: string, name: string): WorkflowTemplate | undefined {
    return this.objects.get(`WorkflowTemplate/${namespace}/${name}`) as WorkflowTemplate | undefined
  }

  clusterWorkflowTemplate(name: string): ClusterWorkflowTemplate | undefined {
    return this.objects.get(`ClusterWorkflowTemplate//${name}`) as ClusterWorkflowTemplate | undefined
  }

  configMap(namespace: string, name: string): ConfigMap | undefined {
    return this.objects.get(`ConfigMap/${namespace}/${name}`) as ConfigMap | undefined
  }

  put(object: CatalogObject, namespace: string): void {
    this.objects.set(keyOf(object, namespace), object)
  }

  remove(object: CatalogObject, namespace: string): void {
    this.objects.delete(keyOf(object, namespace))
  }

  *all(): Iterable<CatalogObject> {
    yield* this.objects.values()
  }
}

function keyOf(object: CatalogObject, namespace: string): string {
  const home = object.kind === 'ClusterWorkflowTemplate' ? '' : (object.metadata?.namespace ?? namespace)
  return `${object.kind ?? ''}/${home}/${object.metadata?.name ?? ''}`
}
