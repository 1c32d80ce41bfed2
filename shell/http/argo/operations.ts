// Owns which function carries out which operation of the Argo REST API, one file an area.
import { infoOperations } from './info.ts'
import type { ArgoFiles, ArgoOperations } from './services.ts'

export const argoOperations: ArgoOperations = {
  ...infoOperations,
}

export const argoFiles: ArgoFiles = {}
