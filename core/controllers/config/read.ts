// Owns reading the configuration from the text of a file or from the data of a ConfigMap, with the place of everything that is wrong.
import { type Json, type Problem, isJsonObject } from '@tiphys/core/kube'
import { type Path, type SourceDocument, decode, duplicatedKeys, formatPath, keyPositionOf, positionOf, readDocuments } from '@tiphys/core/spec'
import { type ConfigRead, type ControllerConfig, configOf } from './config.ts'
import { type WrittenConfig, configSchema } from './schema.ts'

/** What counts where nothing is configured. */
export function defaultConfig(): ControllerConfig {
  const read = configOf({})
  if (!read.ok) throw new Error('an empty configuration is a configuration')
  return read.value
}

/** Reads a configuration file: its fields at the top, or a ConfigMap that holds them. */
export function readConfigFile(text: string): ConfigRead {
  const documents = readDocuments(text)
  const [document] = documents
  if (document === undefined) return configOf({})
  if (documents.length > 1) return refused({ code: 'config_invalid', message: 'the file has several documents', hint: 'write one configuration' })
  if (document.problem !== undefined) return refused(placed(document.problem, document.problem))
  const value = document.value ?? {}
  if (isJsonObject(value) && value['kind'] === 'ConfigMap') return readConfigMap(value['data'] ?? {})
  return readValue(document, value)
}

/**
 * Reads the data of a ConfigMap: either one item `config` with everything, or an item for each field. The values are YAML themselves.
 */
export function readConfigMap(data: Json): ConfigRead {
  if (!isJsonObject(data)) return refused({ code: 'config_invalid', path: 'data', message: 'expected a map' })
  const items = Object.entries(data)
  if (Object.hasOwn(data, 'config')) {
    if (items.length > 1) return refused({ code: 'config_invalid', path: 'data', message: 'beside the item "config" there must be no other' })
    return within('data.config', readConfigFile(textOf(data['config'])))
  }
  const written: { [key: string]: Json } = {}
  const problems: Problem[] = []
  for (const [name, item] of items) {
    const documents = readDocuments(textOf(item))
    const [document] = documents
    if (document?.problem !== undefined) problems.push(inItem(name, placed(document.problem, document.problem)))
    else if (documents.length > 1) problems.push(inItem(name, { code: 'config_invalid', message: 'several documents' }))
    else {
      const value = document?.value ?? null
      written[name] = value
      if (document !== undefined) for (const { key, line, column } of duplicatedKeys(document)) problems.push(inItem(name, placed({ line, column }, duplicate(key))))
    }
  }
  const read = decoded(written, (_path, problem) => problem)
  const all = [...problems, ...(read.ok ? [] : read.problems)]
  return all.length > 0 ? { ok: false, problems: all } : read
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}

function readValue(document: SourceDocument, value: Json): ConfigRead {
  const twice = duplicatedKeys(document).map(({ key, line, column }) => placed({ line, column }, duplicate(key)))
  const read = decoded(value, (path, problem) => placed(problem.code === 'unknown_field' ? keyPositionOf(document, path) : positionOf(document, path), problem))
  const problems = [...twice, ...(read.ok ? [] : read.problems)]
  return problems.length > 0 ? { ok: false, problems } : read
}

function duplicate(key: string): Problem {
  return { code: 'duplicate_key', message: `key ${JSON.stringify(key)} is there twice` }
}

/** As the reference does, names are taken in any mixture of capitals, and unknown ones are refused: a misspelled limit must not go unnoticed. */
function decoded(value: Json, place: (path: Path, problem: Problem) => Problem): ConfigRead {
  const { value: written, problems } = decode(configSchema, value, { foldCase: true })
  const wrong = problems.filter(({ severity }) => severity !== 'ignored')
  if (wrong.length === 0) return configOf(written as WrittenConfig)
  return {
    ok: false,
    problems: wrong.map(({ path, code, message, hint }) => place(path, { code, path: formatPath(path), message, ...(hint !== undefined && { hint }) })),
  }
}

function placed({ line, column }: { readonly line: number; readonly column: number }, { code, message, path, hint }: Problem): Problem {
  return { code, message: `line ${line}, column ${column}: ${message}`, ...(path !== undefined && { path }), ...(hint !== undefined && { hint }) }
}

function inItem(name: string, problem: Problem): Problem {
  return { ...problem, path: `data.${name}` }
}

function within(path: string, read: ConfigRead): ConfigRead {
  if (read.ok) return read
  return { ok: false, problems: read.problems.map((problem) => ({ ...problem, path: problem.path === undefined ? path : `${path}: ${problem.path}` })) }
}

function refused(problem: Problem): ConfigRead {
  return { ok: false, problems: [problem] }
}
