// Owns reading stubs from a document: what is misspelled or of a wrong type is told with its place.
import type { Problem } from '@tiphys/core/kube'
import { type Json, type SchemaNode, decode, formatPath, schemaKit } from '@tiphys/core/spec'
import type { Stub, Stubs } from './stubs.ts'

const { anyJson, anyString, bool, float, lazy, list, map, str, struct } = schemaKit

const outputs = struct('StubOutputs', { result: anyString, parameters: map(anyJson), artifacts: list(str) })

const stub = struct('Stub', {
  duration: anyString,
  pending: anyString,
  exitCode: anyString,
  message: anyString,
  podMessage: anyString,
  outputs,
  hang: bool,
  lost: bool,
  fail: bool,
  failRate: float,
  status: anyString,
  body: anyString,
  resumeAfter: anyString,
  supply: map(anyString),
  attempts: list(lazy((): SchemaNode => stub)),
})

const stubs = struct('Stubs', {
  default: stub,
  templates: map(stub),
  nodes: map(stub),
  args: map(anyString),
  supply: map(anyString),
  then: list(struct('StubOperation', { op: str, when: str, after: str, flags: list(str), stubs: lazy((): SchemaNode => stubs) })),
})

/** Flags of the command line that operations know. */
const FLAGS: ReadonlySet<string> = new Set(['--restart-successful', '--node-field-selector', '--parameter', '-p', '--message', '-m', '--phase', '--output-parameter'])

const OPERATIONS: ReadonlySet<string> = new Set(['retry', 'stop', 'terminate', 'suspend', 'resume', 'set'])

/** Reads stubs as a file has them. Where problems are told, the rest is still usable. */
export function readStubs(document: Json): { readonly stubs: Stubs; readonly problems: readonly Problem[] } {
  const decoded = decode(stubs, document ?? {})
  const problems: Problem[] = decoded.problems.map(({ message, path, hint }) => ({ code: 'stub_invalid', message, path: formatPath(path), ...(hint !== undefined && { hint }) }))
  const read = decoded.value as Stubs
  for (const { path, message, hint } of impossibleRates(read)) problems.push({ code: 'stub_invalid', message, path, hint })
  read.then?.forEach(({ op, when, flags = [] }, index) => {
    const refuse = (key: string, message: string, hint: string): void => void problems.push({ code: 'stub_invalid', message, path: `then[${index}].${key}`, hint })
    if (!OPERATIONS.has(op)) refuse('op', `there is no operation ${JSON.stringify(op)}`, `use one of ${[...OPERATIONS].join(', ')}`)
    if (when !== undefined && when !== 'ended' && when !== 'running') refuse('when', `an operation cannot wait for ${JSON.stringify(when)}`, 'use ended or running, or a time with after')
    const unknown = flags.find((flag) => flag.startsWith('-') && !FLAGS.has(flag.replace(/=[^]*$/, '')))
    if (unknown !== undefined) refuse('flags', `operations have no flag ${JSON.stringify(unknown)}`, `use ${[...FLAGS].filter((flag) => flag.startsWith('--')).join(', ')}`)
  })
  return { stubs: read, problems }
}

/** Chances that are none. */
function impossibleRates(read: Stubs): readonly { readonly path: string; readonly message: string; readonly hint: string }[] {
  const named = (at: string, map: Readonly<Record<string, Stub>> = {}): [string, Stub][] => Object.entries(map).map(([name, each]) => [formatPath([at, name]), each])
  const all: [string, Stub][] = [...(read.default === undefined ? [] : [['default', read.default] as [string, Stub]]), ...named('templates', read.templates), ...named('nodes', read.nodes)]
  const wrong = all.filter(([, { failRate = 0 }]) => !(failRate >= 0 && failRate <= 1))
  return wrong.map(([path, { failRate }]) => ({ path: `${path}.failRate`, message: `${failRate} is no chance`, hint: 'use a number from 0 to 1' }))
}
