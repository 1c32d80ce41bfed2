// What the programs may use of the handlers of the Argo REST API.
export { type AccessRules, type Caller, type Credentials } from './access.ts'
export { type ArgoHandlerOptions, argoDefaults, createArgoHandler } from './handler.ts'
export { type PageOptions } from './pages.ts'
export { type ArgoServices, type InfoSettings } from './services.ts'
