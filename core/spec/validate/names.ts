// Owns the rules for names of templates, steps, tasks, parameters and artifacts.
import { placeholderPrefix } from './placeholders.ts'

const dataName = /^[-a-zA-Z0-9_]+$/
const fieldName = /^[a-zA-Z0-9][-a-zA-Z0-9]*$/
const fieldNameMax = 128

/** What is wrong with the name of a parameter or an artifact; undefined when nothing is. */
export function dataNameProblem(name: string): string | undefined {
  if (dataName.test(name)) return undefined
  return "Parameter/Artifact name must consist of alpha-numeric characters, '_' or '-' e.g. my_param_1, MY-PARAM-1"
}

/** What is wrong with the name of a template, a step, a task or a container of a set. */
export function fieldNameProblem(name: string): string | undefined {
  const problems: string[] = []
  if (utf8Length(name) > fieldNameMax) problems.push(`must be no more than ${fieldNameMax} characters`)
  if (!fieldName.test(name)) {
    problems.push(
      "name must consist of alpha-numeric characters or '-', and must start with an alpha-numeric character (e.g. My-name1-2, 123-NAME)",
    )
  }
  return problems.length === 0 ? undefined : problems.join(';')
}

function utf8Length(text: string): number {
  let length = 0
  for (const letter of text) {
    const point = letter.codePointAt(0) ?? 0
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return length
}

/** Step names may hold stand-ins for values that are known only when the step runs. */
export function stepNameProblem(name: string): string | undefined {
  return fieldNameProblem(name.replace(new RegExp(`${placeholderPrefix}\\d+`, 'g'), 'x'))
}

export interface NamedProblem {
  readonly index: number
  readonly message: string
}

/** The first item whose name is missing, invalid or taken; the message begins with its index. */
export function namesProblem(
  items: readonly { readonly name?: string | undefined }[],
  nameProblem: (name: string) => string | undefined,
): NamedProblem | undefined {
  const seen = new Set<string>()
  for (const [index, item] of items.entries()) {
    const name = item.name ?? ''
    if (name === '') return { index, message: `[${index}].name is required` }
    const problem = nameProblem(name)
    if (problem !== undefined) return { index, message: `[${index}].name: '${name}' is invalid: ${problem}` }
    if (seen.has(name)) return { index, message: `[${index}].name '${name}' is not unique` }
    seen.add(name)
  }
  return undefined
}

/** Is the text, somewhere in it, a simple tag? Such names are known only when the workflow runs. */
export function holdsParameter(text: string): boolean {
  return /\{\{[-a-zA-Z0-9]+(?:\.[-a-zA-Z0-9_]+)*\}\}/.test(text)
}
