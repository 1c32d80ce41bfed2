// Owns docs/rest.md: every endpoint of the Argo REST API, what it needs, and what tests it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ArgoRoute, argoFileRoutes, argoRoutes, matchArgoRoute, needsOf } from '@tiphys/core/api'
import { restDeviations } from './rest-deviations.ts'
import type { Exchange } from './rest-player.ts'

type Sent = Exchange & { readonly method: string; readonly setup?: readonly Sent[]; readonly during?: readonly Sent[]; readonly after?: readonly Sent[] }

interface Count { exchanges: number; deviations: number }

export function endpointTable(folder: string): string {
  const counts = countsOf(folder)
  const services = [...new Set(argoRoutes.map(({ service }) => service))].sort()
  const total = [...counts.values()].reduce((sum, { exchanges }) => sum + exchanges, 0)
  return [
    '# The Argo REST API',
    '',
    'This page is generated: `npm run compatibility` writes it anew, and a test fails when it is not up to date.',
    '',
    `All ${argoRoutes.length} endpoints are implemented. \`shell/http/argo/routes.test.ts\` calls each of them as nobody, with a wrong token, without a role, for another namespace and, where it changes`,
    `something, with a token that may only read. \`test/conformance-runs/rest.proc.test.ts\` plays ${total} recorded exchanges with the reference server against them over a recorded world;`,
    'those that are right to differ are in `rest-deviations.ts` beside it, with their reasons. `/assets/openapi-spec/swagger.json` is the OpenAPI document, made from the same table.',
    ...services.flatMap((service) => section(service, counts)),
    '',
  ].join('\n')
}

function section(service: string, counts: ReadonlyMap<string, Count>): readonly string[] {
  const rows = argoRoutes.filter((route) => route.service === service).map((route) => `| \`${route.method} ${route.pattern}\` | ${route.operation} | ${roleOf(route)} | ${testedBy(counts.get(route.operation))} |`)
  return ['', `## ${service}`, '', '| endpoint | operation | a role must allow | recorded exchanges |', '|---|---|---|---|', ...rows]
}

function roleOf(route: ArgoRoute): string {
  const needs = needsOf(route)
  return needs === undefined ? 'nothing' : `${needs.verb} ${needs.resource}${needs.subresource === '' ? '' : `/${needs.subresource}`}`
}

function testedBy(count: Count | undefined): string {
  if (count === undefined) return 'none'
  return count.deviations === 0 ? String(count.exchanges) : `${count.exchanges}, of which ${count.deviations} differ with a reason`
}

function countsOf(folder: string): ReadonlyMap<string, Count> {
  const lines = readFileSync(join(folder, 'rest/requests.jsonl'), 'utf8').split('\n').filter((line) => line !== '')
  const counts = new Map<string, Count>()
  for (const exchange of lines.map((line) => JSON.parse(line) as Sent)) {
    const operation = operationOf(exchange)
    if (operation === undefined) continue
    const count = counts.get(operation) ?? { exchanges: 0, deviations: 0 }
    counts.set(operation, { exchanges: count.exchanges + 1, deviations: count.deviations + (restDeviations.has(exchange.id) ? 1 : 0) })
  }
  return counts
}

/** Undefined for what no endpoint answers. */
function operationOf({ method, path }: Sent): string | undefined {
  const plain = (path.split('?')[0] ?? '').replaceAll(/\$\([^)]*\)/g, 'x')
  const file = argoFileRoutes.find(({ pattern }) => plain.startsWith(`/${pattern.split('/')[1] ?? ''}/`))
  return file?.operation ?? matchArgoRoute(method, decodeURIComponent(plain))?.route.operation
}
