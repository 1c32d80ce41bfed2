// The spec folder's public face: wire types, and reading, merging, checking and writing of them.
export * from './wire/index.ts'
export * as schemaKit from './schema.ts'
export type { Draft, Infer, Schema, SchemaNode, StructNode } from './schema.ts'
export * from './json.ts'
export { formatPath, type Path } from './decode/path.ts'
export { didYouMean, nearest } from './decode/nearest.ts'
export { zero } from './decode/zero.ts'
export { decode, decodeDepthMax, type Decoded, type DecodeOptions } from './decode/decode.ts'
export { type DecodeProblem } from './decode/reader.ts'
export { plainNumber } from './decode/scalars.ts'
export { goView, sortKeys } from './go-view.ts'
export * from './model/template-type.ts'
export { applyTemplateDefaults, joinMetadata, joinWorkflowSpecs, type SpecSources } from './model/defaults.ts'
export { artifactLocations, hasLocation, hasLocationOrKey, locationKey, locationType, type ArtifactLocationType } from './model/artifact-location.ts'
export {
  documentsMax,
  duplicatedKeys,
  jsonDepth,
  keyPositionOf,
  placeOf,
  positionOf,
  readDocuments,
  sourceLengthMax,
  type DuplicatedKey,
  type PlacedProblem,
  type Position,
  type SourceDocument,
  type SourceText,
} from './source/documents.ts'
export { emitYaml } from './yaml/emit.ts'
export { composeYaml, yamlAliasedMax } from './yaml/compose.ts'
export { yamlDepthMax } from './yaml/scanner.ts'
export {
  isManifestKind,
  manifestKinds,
  placeProblem,
  readManifests,
  schemaOfKind,
  type Manifest,
  type ManifestFile,
  type ManifestKind,
  type UnreadableDocument,
} from './source/manifests.ts'
export { validateWorkflow, validateWorkflowTemplate, type ValidateOptions } from './validate/workflow.ts'
export { validateCronWorkflow, workflowOfCron } from './validate/cron.ts'
export { type TemplateCatalog } from './validate/context.ts'
export { type Base, type Invalid, type Place } from './validate/invalid.ts'
export { findCycle } from './validate/cycle.ts'
export { metricProblem } from './validate/metrics.ts'
export { schemaDocument } from './schema-document.ts'
export { convertLegacy } from './model/convert.ts'
export { closedOverrides, openOverrides } from './model/overrides.ts'
