// Owns label selectors: reading them from text or from objects, and matching labels.
import { labelKeyProblems, labelValueProblems } from './names.ts'
import { type Result, bad, ok } from './result.ts'
import { compareText } from './text.ts'

export type LabelOperator = 'in' | 'notin' | 'exists' | 'doesNotExist' | 'gt' | 'lt'

/** One condition on one label. */
export type LabelRequirement = { readonly key: string; readonly operator: LabelOperator; readonly values: readonly string[] }

/** Conditions that all have to hold; none at all selects everything. */
export type LabelSelector = readonly LabelRequirement[]

export type Labels = Readonly<Record<string, string>>

/** A selector longer than this is refused. */
export const SELECTOR_LENGTH_MAX = 100_000

const BINARY_OPERATORS: ReadonlyMap<string, LabelOperator> = new Map<string, LabelOperator>([
  ['in', 'in'], ['notin', 'notin'], ['=', 'in'], ['==', 'in'], ['!=', 'notin'], ['>', 'gt'], ['<', 'lt'],
])

type Token = { readonly kind: 'word' | 'symbol' | 'end'; readonly text: string }
type Parser = { readonly tokens: readonly Token[]; at: number }

const END: Token = { kind: 'end', text: '' }

function wrong(message: string): { readonly ok: false; readonly problem: { code: string; message: string; hint?: string } } {
  return bad('label_selector_invalid', message, 'write selectors such as a=b,c!=d,e in (f,g),!h')
}

/** Reads a selector such as `app=x,tier in (a,b),!old`. */
export function parseLabelSelector(text: string): Result<LabelSelector> {
  if (text.length > SELECTOR_LENGTH_MAX) return wrong(`the selector is longer than ${SELECTOR_LENGTH_MAX} characters`)
  const tokens = tokenize(text)
  if (!tokens.ok) return tokens
  const parser: Parser = { tokens: tokens.value, at: 0 }
  const requirements: LabelRequirement[] = []
  while (look(parser).kind !== 'end') {
    if (look(parser).kind !== 'word' && look(parser).text !== '!') return wrong(`found '${look(parser).text}', expected: !, identifier, or 'end of string'`)
    const requirement = parseRequirement(parser)
    if (!requirement.ok) return wrong(`unable to parse requirement: ${requirement.problem.message}`)
    requirements.push(requirement.value)
    const next = take(parser)
    if (next.kind === 'end') break
    if (next.text !== ',' || next.kind !== 'symbol') return wrong(`found '${next.text}', expected: ',' or 'end of string'`)
    const after = look(parser)
    if (after.kind !== 'word' && after.text !== '!') return wrong(`found '${after.text}', expected: identifier after ','`)
  }
  return ok(requirements.sort((a, b) => compareText(a.key, b.key)))
}

function tokenize(text: string): Result<Token[]> {
  const tokens: Token[] = []
  for (const match of text.matchAll(/[ \t\r\n]+|(==|!=|[=!<>(),])|[^ \t\r\n=!<>(),\0]+|\0/g)) {
    if (match[0] === '\0') break
    if (match[1] !== undefined) tokens.push({ kind: 'symbol', text: match[1] })
    else if (!/^[ \t\r\n]/.test(match[0])) tokens.push({ kind: 'word', text: match[0] })
  }
  return ok(tokens)
}

function look(parser: Parser): Token {
  return parser.tokens[parser.at] ?? END
}

function take(parser: Parser): Token {
  const token = look(parser)
  parser.at++
  return token
}

function parseRequirement(parser: Parser): Result<LabelRequirement> {
  const negated = look(parser).text === '!'
  if (negated) parser.at++
  const key = take(parser)
  if (key.kind !== 'word') return wrong(`found '${key.text}', expected: identifier`)
  const problems = labelKeyProblems(key.text)
  if (problems.length > 0) return wrong(`<nil>: Invalid value: ${JSON.stringify(key.text)}: ${problems.join('; ')}`)
  if (negated) return ok({ key: key.text, operator: 'doesNotExist', values: [] })
  if (look(parser).kind === 'end' || look(parser).text === ',') return ok({ key: key.text, operator: 'exists', values: [] })
  const symbol = take(parser)
  const operator = BINARY_OPERATORS.get(symbol.text)
  if (operator === undefined) return wrong(`found '${symbol.text}', expected: in, notin, =, ==, !=, gt, lt`)
  const values = symbol.text === 'in' || symbol.text === 'notin' ? parseValues(parser) : parseExactValue(parser)
  return values.ok ? requirement({ key: key.text, operator, values: values.value }) : values
}

function parseValues(parser: Parser): Result<string[]> {
  const open = take(parser)
  if (open.text !== '(') return wrong(`found '${open.text}' expected: '('`)
  const values = new Set<string>()
  for (let previous = '('; ; ) {
    const token = take(parser)
    const separates = token.kind === 'symbol' && (token.text === ',' || token.text === ')')
    if (previous === 'word' && !separates) return wrong(`found '${token.text}', expected: ',' or ')'`)
    if (token.kind !== 'word' && !separates) return wrong(`found '${token.text}', expected: ',', or identifier`)
    if (token.kind === 'word') {
      values.add(token.text)
      previous = 'word'
      continue
    }
    // Nothing between two separators is the empty value.
    if (previous !== 'word') values.add('')
    if (token.text === ')') return ok([...values])
    previous = ','
  }
}

function parseExactValue(parser: Parser): Result<string[]> {
  const next = look(parser)
  if (next.kind === 'end' || next.text === ',') return ok([''])
  parser.at++
  return next.kind === 'word' ? ok([next.text]) : wrong(`found '${next.text}', expected: identifier`)
}

/** Checks the values of a requirement against its operator. */
function requirement(given: LabelRequirement): Result<LabelRequirement> {
  const { key, operator, values } = given
  const isOrder = operator === 'gt' || operator === 'lt'
  if ((operator === 'in' || operator === 'notin') && values.length === 0) {
    return wrong("values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty")
  }
  if (isOrder && values.length !== 1) return wrong("for 'Gt', 'Lt' operators, exactly one value is required")
  if ((operator === 'exists' || operator === 'doesNotExist') && values.length > 0) return wrong('values set must be empty for exists and does not exist')
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? ''
    if (isOrder && integer(value) === undefined) {
      return wrong(`values[${i}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`)
    }
    const problems = labelValueProblems(value)
    if (problems.length > 0) return wrong(`values[${i}][${key}]: Invalid value: ${JSON.stringify(value)}: ${problems.join('; ')}`)
  }
  return ok(given)
}

function integer(text: string): bigint | undefined {
  if (!/^[+-]?[0-9]{1,30}$/.test(text)) return undefined
  const value = BigInt(text.replace(/^\+/, ''))
  return BigInt.asIntN(64, value) === value ? value : undefined
}

/** A selector as objects carry it: `matchLabels` and `matchExpressions`. */
export type LabelSelectorObject = {
  readonly matchLabels?: Labels | undefined
  readonly matchExpressions?: ReadonlyArray<{ readonly key: string; readonly operator: string; readonly values?: readonly string[] | undefined }> | undefined
}

const EXPRESSION_OPERATORS: ReadonlyMap<string, LabelOperator> = new Map<string, LabelOperator>([
  ['In', 'in'], ['NotIn', 'notin'], ['Exists', 'exists'], ['DoesNotExist', 'doesNotExist'], ['Gt', 'gt'], ['Lt', 'lt'],
])

/** Reads a selector from an object. An empty object selects everything. */
export function labelSelectorOf(object: LabelSelectorObject): Result<LabelSelector> {
  const requirements: LabelRequirement[] = []
  for (const [key, value] of Object.entries(object.matchLabels ?? {})) requirements.push({ key, operator: 'in', values: [value] })
  for (const expression of object.matchExpressions ?? []) {
    const operator = EXPRESSION_OPERATORS.get(expression.operator)
    if (operator === undefined) return wrong(`${JSON.stringify(expression.operator)} is not a valid label selector operator`)
    requirements.push({ key: expression.key, operator, values: expression.values ?? [] })
  }
  for (const one of requirements) {
    const keyProblems = labelKeyProblems(one.key)
    if (keyProblems.length > 0) return wrong(`key: Invalid value: ${JSON.stringify(one.key)}: ${keyProblems.join('; ')}`)
    const checked = requirement(one)
    if (!checked.ok) return checked
  }
  return ok(requirements)
}

/** Whether labels satisfy every requirement. */
export function matchesLabels(selector: LabelSelector, labels: Labels | undefined): boolean {
  return selector.every((one) => satisfies(one, labels))
}

function satisfies({ key, operator, values }: LabelRequirement, labels: Labels | undefined): boolean {
  const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case 'exists': return value !== undefined
    case 'doesNotExist': return value === undefined
    case 'in': return value !== undefined && values.includes(value)
    case 'notin': return value === undefined || !values.includes(value)
    case 'gt': case 'lt': {
      const left = integer(value ?? '')
      const right = integer(values[0] ?? '')
      if (left === undefined || right === undefined) return false
      return operator === 'gt' ? left > right : left < right
    }
  }
}

/** Writes a selector the way Kubernetes prints it. */
export function formatLabelSelector(selector: LabelSelector): string {
  return selector.map(formatRequirement).join(',')
}

function formatRequirement({ key, operator, values }: LabelRequirement): string {
  const [first = ''] = values
  switch (operator) {
    case 'exists': return key
    case 'doesNotExist': return `!${key}`
    case 'gt': return `${key}>${first}`
    case 'lt': return `${key}<${first}`
    case 'in': return values.length === 1 ? `${key}=${first}` : `${key} in (${[...values].sort(compareText).join(',')})`
    case 'notin': return values.length === 1 ? `${key}!=${first}` : `${key} notin (${[...values].sort(compareText).join(',')})`
  }
}
