// Owns which function carries out which operation of the Argo REST API, one file an area.
import { cronOperations } from './cron.ts'
import { infoOperations } from './info.ts'
import type { ArgoFiles, ArgoOperations } from './services.ts'
import { templateOperations } from './templates.ts'

export const argoOperations: ArgoOperations = {
  ...infoOperations, ...templateOperations, ...cronOperations,
}

export const argoFiles: ArgoFiles = {}
