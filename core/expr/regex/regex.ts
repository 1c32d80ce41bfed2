// Owns the use of regular expressions.
import { type Host } from '../golang/host.ts'
export interface Regex { readonly source: string; readonly js: RegExp }
export function compileRegex(source: string): { readonly ok: true; readonly value: Regex } | { readonly ok: false; readonly error: string } {
  try { return { ok: true, value: { source, js: new RegExp(source, 'u') } } } catch { return { ok: false, error: 'error parsing regexp' } }
}
export function matchesRegex(regex: Regex, text: string, _host: Host): boolean { return regex.js.test(text) }
