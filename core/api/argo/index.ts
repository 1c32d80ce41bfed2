// The public face of the contracts of the Argo REST API.
export { type FieldChoice, chooseFields, parseFields, wantsField } from './fields.ts'
export { type GrpcCode, type GrpcFailure, callerFailure, failureBody, grpcFailure, grpcOfStatus, httpStatusOf, streamFailureBody } from './grpc.ts'
export { type QueryParameter, type QueryValues, isTruth, queryProblem, searchProblem, wholeOf } from './query.ts'
export { type ListWanted, type NameWanted, type ReadListOptions, readLabels, readListOptions } from './list-options.ts'
export { type ReadBody, type ReadJson, readJson, readRequest, typeProblem } from './body.ts'
export { type BodyShape, requests } from './requests.ts'
export {
  type ArgoAccess, type ArgoApiOperation, type ArgoFileOperation, type ArgoMatch, type ArgoOperation, type ArgoParameters, type ArgoRoute, argoApiRoutes, argoFileRoutes, argoRoutes,
  matchAnyMethod, matchArgoRoute,
} from './routes.ts'
export { type ListMeta, argoList, argoObject } from './wire.ts'
export { storedTemplatesOf } from './stored-templates.ts'
export { uploadedKeyProblem } from './artifact-key.ts'
export { type ArgoNeeds, asksLate, needsOf } from './needs.ts'
export { argoOpenapi } from './openapi.ts'
