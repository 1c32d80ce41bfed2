// Owns the type rules of builtin functions that take more than fixed overloads.


import { ANY, isUnknown, kindOf, ofType, show, UNKNOWN, type Nature } from './nature.ts'

/** The type of the call, or what is wrong with its arguments. */
export type Rule = (args: readonly Nature[]) => Nature | string

/** The kind of an argument: `interface` when it is unknown. */
export const kindOfArgument = (n: Nature | undefined): string => (n === undefined || n.isNil ? 'invalid' : isUnknown(n) ? 'interface' : kindOf(n))

const wrongCount = (expected: string, got: number): string => `invalid number of arguments (expected ${expected}, got ${got})`
const wrongType = (name: string, n: Nature | undefined): string => `invalid argument for ${name} (type ${n === undefined ? 'nil' : show(n)})`

/** One argument of some kinds; `out` is the type of the call. */
export function one(name: string, kinds: readonly string[], out: string): Rule {
  return (args) => {
    if (args.length !== 1) return wrongCount('1', args.length)
    return kinds.includes(kindOfArgument(args[0])) ? ofType(out) : wrongType(name, args[0])
  }
}

export const NUMBERS: readonly string[] = ['float32', 'float64', 'int', 'int8', 'int16', 'int32', 'int64', 'uint', 'uint8', 'uint16', 'uint32', 'uint64']
export const LISTS: readonly string[] = ['interface', 'slice', 'array']

/** One number, whose type the call has too. */
export const sameNumber = (name: string): Rule => (args) => {
  if (args.length !== 1) return wrongCount('1', args.length)
  const [first = UNKNOWN] = args
  if (kindOfArgument(first) === 'interface') return ANY
  return NUMBERS.includes(kindOfArgument(first)) ? first : wrongType(name, first)
}

/** Any number of numbers and lists of them. */
export const aggregate = (name: string): Rule => (args) => {
  if (args.length === 0) return `not enough arguments to call ${name}`
  for (const arg of args) {
    const kind = kindOfArgument(arg)
    if (LISTS.includes(kind)) return ANY
    if (!NUMBERS.includes(kind)) return wrongType(name, arg)
  }
  return args[0] ?? UNKNOWN
}

/** One list; the call has the type of its elements. */
export const element = (name: string): Rule => (args) => {
  if (args.length !== 1) return wrongCount('1', args.length)
  const [first = UNKNOWN] = args
  const kind = kindOfArgument(first)
  if (kind === 'interface') return ANY
  if (kind !== 'slice' && kind !== 'array') return `cannot get ${name} element from ${show(first)}`
  return ofType((first.type ?? '').replace(/^\[\d*\]/, ''))
}

export const take: Rule = (args) => {
  if (args.length !== 2) return wrongCount('2', args.length)
  const [list = UNKNOWN, count] = args
  if (!LISTS.includes(kindOfArgument(list))) return `cannot take from ${show(list)}`
  if (!['interface', 'int', 'int8', 'int16', 'int32', 'int64'].includes(kindOfArgument(count))) return `cannot take ${show(count ?? UNKNOWN)} elements`
  return list.type === undefined ? ANY : ofType(list.type)
}

export const concat: Rule = (args) => {
  if (args.length === 0) return 'invalid number of arguments (expected at least 1, got 0)'
  const wrong = args.find((arg) => !LISTS.includes(kindOfArgument(arg)))
  return wrong === undefined ? ofType('[]interface {}') : `cannot concat ${show(wrong)}`
}

const LOCATION = '*time.Location'

export const now: Rule = (args) =>
  args.length === 0 || (args.length === 1 && args[0]?.type === LOCATION) ? ofType('time.Time') : wrongCount('0', args.length)

export const date: Rule = (args) => {
  if (args.length < 1) return wrongCount('at least 1', args.length)
  const rest = args[0]?.type === LOCATION ? args.length - 1 : args.length
  return rest > 3 ? wrongCount('at most 3', rest) : ofType('time.Time')
}

