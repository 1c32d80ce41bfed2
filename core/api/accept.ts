// Owns reading what a client wants to be answered with.

/** How an answer is written: as the object itself, as a table, with metadata alone, or as aggregated discovery. */
export interface Shape {
  readonly as: '' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | 'APIGroupDiscoveryList'
  readonly version: string
}

const ACCEPT_LENGTH_MAX = 4096
const SHAPES: ReadonlySet<string> = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList', 'APIGroupDiscoveryList'])
const PLAIN: Shape = { as: '', version: '' }

/** The first wish that this API can meet; undefined when there is none. Answers are always JSON. */
export function shapeWanted(accept: string): Shape | undefined {
  if (accept.trim() === '') return PLAIN
  for (const part of accept.slice(0, ACCEPT_LENGTH_MAX).split(',')) {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim())
    if (!['application/json', '*/*', 'application/*', 'text/plain', 'application/yaml'].includes(type)) continue
    const given = new Map(parameters.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)] as const))
    const as = given.get('as') ?? ''
    if (as === '') return PLAIN
    if (SHAPES.has(as)) return { as: as as Shape['as'], version: given.get('v') ?? 'v1' }
  }
  return undefined
}
