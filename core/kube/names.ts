// Owns what Kubernetes takes for a valid name, label or annotation, in its own words.
import { utf8Length } from './text.ts'

const LABEL_LENGTH_MAX = 63
const SUBDOMAIN_LENGTH_MAX = 253
const ANNOTATIONS_BYTES_MAX = 256 * 1024

const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const LABEL_VALUE = `(${QUALIFIED})?`
const DNS_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const DNS_SUBDOMAIN = `${DNS_LABEL}(\\.${DNS_LABEL})*`
const DNS_1035_LABEL = '[a-z]([-a-z0-9]*[a-z0-9])?'

const QUALIFIED_TEXT = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const LABEL_VALUE_TEXT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const DNS_LABEL_TEXT = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
const DNS_SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
const DNS_1035_TEXT =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character"

function tooLong(max: number): string {
  return `must be no more than ${max} bytes`
}

function explain(text: string, pattern: string, examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ')
  return `${text} (e.g. ${shown}regex used for validation is '${pattern}')`
}

/** Names are split by hand: the published patterns nest repetitions, which is slow on long names that do not fit. */
function isDnsLabel(text: string): boolean {
  return /^[-a-z0-9]+$/.test(text) && !text.startsWith('-') && !text.endsWith('-')
}

function isDnsSubdomain(text: string): boolean {
  return text.split('.').every(isDnsLabel)
}

function isQualified(text: string): boolean {
  return /^[-A-Za-z0-9_.]+$/.test(text) && /^[A-Za-z0-9]/.test(text) && /[A-Za-z0-9]$/.test(text)
}

/** What is wrong with a name that has to be a DNS subdomain, as most object names; empty when nothing is. */
export function dnsSubdomainProblems(name: string): string[] {
  const problems = utf8Length(name) > SUBDOMAIN_LENGTH_MAX ? [tooLong(SUBDOMAIN_LENGTH_MAX)] : []
  if (!isDnsSubdomain(name)) problems.push(explain(DNS_SUBDOMAIN_TEXT, DNS_SUBDOMAIN, ['example.com']))
  return problems
}

/** What is wrong with a name that has to be a DNS label, such as a namespace. */
export function dnsLabelProblems(name: string): string[] {
  const problems = utf8Length(name) > LABEL_LENGTH_MAX ? [tooLong(LABEL_LENGTH_MAX)] : []
  if (isDnsLabel(name)) return problems
  return [...problems, isDnsSubdomain(name) ? 'must not contain dots' : explain(DNS_LABEL_TEXT, DNS_LABEL, ['my-name', '123-abc'])]
}

/** What is wrong with a name that has to start with a letter besides, such as that of a service. */
export function dns1035LabelProblems(name: string): string[] {
  const problems = utf8Length(name) > LABEL_LENGTH_MAX ? [tooLong(LABEL_LENGTH_MAX)] : []
  if (!isDnsLabel(name) || !/^[a-z]/.test(name)) problems.push(explain(DNS_1035_TEXT, DNS_1035_LABEL, ['my-name', 'abc-123']))
  return problems
}

/** What is wrong with the key of a label or annotation: a name, perhaps behind a DNS subdomain and a slash. */
export function labelKeyProblems(key: string): string[] {
  const parts = key.split('/')
  const examples = ['MyName', 'my.name', '123-abc']
  if (parts.length > 2) {
    return [`a valid label key ${explain(QUALIFIED_TEXT, QUALIFIED, examples)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  }
  const name = parts[parts.length - 1] ?? ''
  const problems: string[] = []
  if (parts.length === 2) {
    const prefix = parts[0] ?? ''
    if (prefix === '') problems.push('prefix part must be non-empty')
    else problems.push(...dnsSubdomainProblems(prefix).map((problem) => `prefix part ${problem}`))
  }
  if (name === '') problems.push('name part must be non-empty')
  else if (utf8Length(name) > LABEL_LENGTH_MAX) problems.push(`name part ${tooLong(LABEL_LENGTH_MAX)}`)
  if (!isQualified(name)) problems.push(`name part ${explain(QUALIFIED_TEXT, QUALIFIED, examples)}`)
  return problems
}

/** What is wrong with the value of a label. */
export function labelValueProblems(value: string): string[] {
  const problems = utf8Length(value) > LABEL_LENGTH_MAX ? [tooLong(LABEL_LENGTH_MAX)] : []
  if (value !== '' && !isQualified(value)) problems.push(explain(LABEL_VALUE_TEXT, LABEL_VALUE, ['MyValue', 'my_value', '12345']))
  return problems
}

/** What is wrong with a set of annotations: their keys, and their size all together. */
export function annotationProblems(annotations: Readonly<Record<string, string>>): string[] {
  const problems: string[] = []
  let bytes = 0
  for (const [key, value] of Object.entries(annotations)) {
    bytes += utf8Length(key) + utf8Length(value)
    // The prefix of an annotation may be written in capitals.
    problems.push(...labelKeyProblems(key.toLowerCase()).map((problem) => `${key}: ${problem}`))
  }
  if (bytes > ANNOTATIONS_BYTES_MAX) problems.push(`annotations size ${bytes} is larger than limit ${ANNOTATIONS_BYTES_MAX}`)
  return problems
}
