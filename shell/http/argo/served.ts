// Owns what is measured of a call: its name and outcome in the words of gRPC, by which dashboards know them.
import type { ArgoMatch, GrpcCode } from '@tiphys/core/api'
import type { ServedCall } from '@tiphys/shell/runtime'
import type { ArgoAnswer } from './answer.ts'

/** Packages that are not named as their service is. */
const PACKAGES: Readonly<Record<string, string>> = { ArchivedWorkflowService: 'workflowarchive' }

export function servedCall({ service, operation, answers }: ArgoMatch['route'], answer: ArgoAnswer, tookMs: number): ServedCall {
  const home = PACKAGES[service] ?? service.replace(/Service$/, '').toLowerCase()
  return { service: `${home}.${service}`, method: operation, isStream: answers === 'stream', code: answer.type === 'failure' ? codeName(answer.failure.code) : 'OK', seconds: tookMs / 1000 }
}

function codeName(code: GrpcCode): string {
  return code.charAt(0).toUpperCase() + code.slice(1)
}
