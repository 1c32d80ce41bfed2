// Owns the cutting of a path into the texts of its steps.
import { fail } from '../golang/failure.ts'

type State = {
  token: string
  quotes: number
  roundOpen: number
  roundClose: number
  squareOpen: number
  squareClose: number
}

function unexpected(character: string, at: number): never {
  return fail(`unexpected token '${character}' at index ${at}`)
}

function withoutDot(token: string): string {
  return token.startsWith('.') ? token.slice(1) : token
}

/** Cuts `$.a['b'][0]` into `$`, `a`, `['b']`, `[0]`. */
export function tokenize(selector: string): string[] {
  const first = selector.charAt(0)
  if (first !== '$' && first !== '@') return unexpected(first, 0)
  const second = selector.charAt(1)
  if (second !== '' && second !== '.' && second !== '[') return unexpected(second, 1)
  const tokens = [first]
  const state: State = { token: '', quotes: 0, roundOpen: 0, roundClose: 0, squareOpen: 0, squareClose: 0 }
  for (let i = 1; i < selector.length; i++) {
    const character = selector.charAt(i)
    count(state, character)
    state.token += character
    advance(state, character, tokens)
  }
  if (state.token !== '') tokens.push(withoutDot(state.token))
  return tokens
}

function count(state: State, character: string): void {
  if (state.token === '') Object.assign(state, { quotes: 0, roundOpen: 0, roundClose: 0, squareOpen: 0, squareClose: 0 })
  if (character === "'") state.quotes++
  if (character === '(') state.roundOpen++
  if (character === ')') state.roundClose++
  if (character === '[') state.squareOpen++
  if (character === ']') state.squareClose++
}

/** Decides whether the character just read completes a step. */
function advance(state: State, character: string, tokens: string[]): void {
  if (state.token === '.') return
  if (state.token === '..') {
    complete(state, tokens, '..', '')
    return
  }
  if (character === '[' && state.token !== '[' && state.token !== '.[') {
    // A bracket in the middle of a name starts a new step, but not one inside brackets.
    if (state.token.indexOf('[') === state.token.length - 1) complete(state, tokens, withoutDot(state.token).slice(0, -1), '[')
    return
  }
  const enclosed = state.quotes % 2 === 1 || state.roundOpen !== state.roundClose
  if (state.token.includes('[')) {
    if (!enclosed && character === ']' && state.squareOpen === state.squareClose) complete(state, tokens, withoutDot(state.token), '')
  } else if (character === '.' && !enclosed) {
    complete(state, tokens, withoutDot(state.token).slice(0, -1), '.')
  }
}

function complete(state: State, tokens: string[], token: string, rest: string): void {
  tokens.push(token)
  state.token = rest
}
