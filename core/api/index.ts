// Owns what server, command line and user interface may use of the HTTP contracts.
export { type Shape, shapeWanted } from './accept.ts'
export { kubeAge } from './age.ts'
export { type Column, textAt, valueAt } from './columns.ts'
export { aggregatedDiscovery, coreVersions, groupDocument, groupList, resourceList } from './discovery.ts'
export { type FieldProblem, kindProblem } from './kind-rules.ts'
export { openapiV2, openapiV3 } from './openapi.ts'
export { decodeKubeProtobuf } from './protobuf.ts'
export { type PatchKind, applyPatch, patchKindOf, patchTypes } from './patch.ts'
export { type ApiResource, type GroupVersion, type Verb, apiResources, apiVersionOf, customResource, groupVersions, qualifiedName, resourceOfKind, resourcesOf, tokenRequestShape } from './resource.ts'
export {
  type Identity, type Rule, type Wish, accountIdentity, allows, beyond, binds, forbiddenText, gathers, impersonated, isMaster, ownerIdentity, roleRefOf, rulesOf,
} from './rbac.ts'
export { defaultRoles } from './default-roles.ts'
export { type Matched, type Operation, type PathParameters, type Route, kubeRoutes, matchRoute, operationNeeds } from './routes.ts'
export { type Failure, type Reason, type StatusDetails, failure, statusOf, successStatus } from './status.ts'
export { partialObject, tableOf } from './table.ts'
export * from './argo/index.ts'
