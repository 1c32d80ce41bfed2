// The objects that runs may read, mirrored in memory so that a step needs no waiting.
import type { Catalog } from '@tiphys/core/engine'
import type { ClusterWorkflowTemplate, ConfigMap, Secret, WorkflowTemplate } from '@tiphys/core/spec'

export type CatalogObject = WorkflowTemplate | ClusterWorkflowTemplate | ConfigMap | Secret

export class ObjectCatalog implements Catalog {
  /** Set where semaphores may be kept in a database. */
  databaseLimit: Catalog['databaseLimit'] = undefined
  private readonly objects = new Map<string, CatalogObject>()
  private readonly listeners: ((object: CatalogObject) => void)[] = []

  workflowTemplate(namespace: string, name: string): WorkflowTemplate | undefined {
    return this.objects.get(`WorkflowTemplate/${namespace}/${name}`) as WorkflowTemplate | undefined
  }

  clusterWorkflowTemplate(name: string): ClusterWorkflowTemplate | undefined {
    return this.objects.get(`ClusterWorkflowTemplate//${name}`) as ClusterWorkflowTemplate | undefined
  }

  configMap(namespace: string, name: string): ConfigMap | undefined {
    return this.objects.get(`ConfigMap/${namespace}/${name}`) as ConfigMap | undefined
  }

  /** The values of a secret, decoded. */
  secret(namespace: string, name: string): Readonly<Record<string, string>> | undefined {
    const secret = this.objects.get(`Secret/${namespace}/${name}`) as Secret | undefined
    if (secret === undefined) return undefined
    const decoded = Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')] as const)
    return { ...Object.fromEntries(decoded), ...secret.stringData }
  }

  put(object: CatalogObject, namespace: string): void {
    this.objects.set(keyOf(object, namespace), object)
    for (const listener of this.listeners) listener(object)
  }

  remove(object: CatalogObject, namespace: string): void {
    this.objects.delete(keyOf(object, namespace))
    for (const listener of this.listeners) listener(object)
  }

  /** Calls back with every object that comes, changes or goes. */
  onChange(listener: (object: CatalogObject) => void): void {
    this.listeners.push(listener)
  }

  *all(): Iterable<CatalogObject> {
    yield* this.objects.values()
  }
}

function keyOf(object: CatalogObject, namespace: string): string {
  const home = object.kind === 'ClusterWorkflowTemplate' ? '' : (object.metadata?.namespace ?? namespace)
  return `${object.kind ?? ''}/${home}/${object.metadata?.name ?? ''}`
}
