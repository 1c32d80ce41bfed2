// What an HTTP response means for its node: success by its status, or by the template's own condition (HTTP-1 … HTTP-4).
import type { Outputs, Template } from '@tiphys/core/spec'
import { type Value, compileExpression, emptyMap, evaluateBool } from '@tiphys/core/expr'

export interface HttpExchange {
  readonly request: { readonly method: string; readonly url: string; readonly body: string; readonly headers: Readonly<Record<string, readonly string[]>> }
  readonly response: { readonly statusCode: number; readonly body: string; readonly headers: Readonly<Record<string, readonly string[]>> }
}

export interface HttpVerdict { readonly phase: 'Succeeded' | 'Failed' | 'Error'; readonly message: string; readonly outputs: Outputs }

export function httpVerdict(template: Template, exchange: HttpExchange): HttpVerdict {
  const outputs: Outputs = { result: exchange.response.body }
  const condition = template.http?.successCondition
  if (!condition) {
    const code = exchange.response.statusCode
    if (code >= 200 && code < 300) return { phase: 'Succeeded', message: '', outputs }
    return { phase: 'Failed', message: `received non-2xx response code: ${code}`, outputs }
  }
  const program = compileExpression(condition)
  if (!program.ok) return { phase: 'Error', message: program.error.message, outputs }
  const scope = new Map<string, Value>([['request', plain(exchange.request)], ['response', plain(exchange.response)]])
  const verdict = evaluateBool(program.value, { env: (root) => scope.get(root), names: () => scope.keys() })
  if (!verdict.ok) return { phase: 'Error', message: verdict.error.message, outputs }
  return verdict.value ? { phase: 'Succeeded', message: '', outputs } : { phase: 'Failed', message: `successCondition '${condition}' evaluated false`, outputs }
}

function plain(data: Readonly<Record<string, unknown>>): Value {
  const map = emptyMap()
  for (const [key, value] of Object.entries(data)) {
    const nested = typeof value === 'object' && value !== null && !Array.isArray(value)
    map[key] = nested ? plain(value as Readonly<Record<string, unknown>>) : (value as Value)
  }
  return map
}
