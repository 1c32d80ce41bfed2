// Owns the files that are linted together: their manifests, and the workflow templates that they define for each other.
import {
  readManifests,
  type ClusterWorkflowTemplate,
  type Manifest,
  type TemplateCatalog,
  type UnreadableDocument,
  type WorkflowTemplate,
} from '@tiphys/core/spec'

/** A file to lint; nothing is read from disk here. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

export interface LintedFile {
  readonly path: string
  readonly manifests: readonly Manifest[]
  readonly unreadable: readonly UnreadableDocument[]
}

export interface TemplateOwner {
  readonly path: string
  readonly manifest: Extract<Manifest, { kind: 'WorkflowTemplate' | 'ClusterWorkflowTemplate' }>
}

/** Everything that is linted in one call: one folder is one universe. */
export interface Universe {
  readonly files: readonly LintedFile[]
  readonly catalog: TemplateCatalog
  /** The first definition of each template, by `namespace/name`, or `/name` for cluster workflow templates. */
  readonly owners: ReadonlyMap<string, TemplateOwner>
  /** Later definitions of the same name. */
  readonly repeated: readonly TemplateOwner[]
}

export function readUniverse(files: readonly SourceFile[]): Universe {
  const read = files.map(({ path, text }): LintedFile => ({ path, ...readManifests(text) }))
  const owners = new Map<string, TemplateOwner>()
  const repeated: TemplateOwner[] = []
  for (const file of read) {
    for (const manifest of file.manifests) {
      if (manifest.kind !== 'WorkflowTemplate' && manifest.kind !== 'ClusterWorkflowTemplate') continue
      const owner = { path: file.path, manifest }
      const key = ownerKey(manifest)
      if (owners.has(key)) repeated.push(owner)
      else owners.set(key, owner)
    }
  }
  return { files: read, catalog: catalogOf(owners), owners, repeated }
}

export function ownerKey(manifest: TemplateOwner['manifest']): string {
  const { name = '', namespace = '' } = manifest.object.metadata
  return manifest.kind === 'ClusterWorkflowTemplate' ? `/${name}` : `${namespace}/${name}`.replace(/^\//, '//')
}

function catalogOf(owners: ReadonlyMap<string, TemplateOwner>): TemplateCatalog {
  const find = (key: string): TemplateOwner['manifest'] | undefined => owners.get(key)?.manifest
  return {
    workflowTemplate: (namespace, name): WorkflowTemplate | undefined => {
      const manifest = find(`${namespace}/${name}`.replace(/^\//, '//'))
      return manifest?.kind === 'WorkflowTemplate' ? manifest.object : undefined
    },
    clusterWorkflowTemplate: (name): ClusterWorkflowTemplate | undefined => {
      const manifest = find(`/${name}`)
      return manifest?.kind === 'ClusterWorkflowTemplate' ? manifest.object : undefined
    },
  }
}

