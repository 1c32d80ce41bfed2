// Owns what a kubeconfig says of its current context: the namespace, and who one is. Nothing is written here.
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type Json, type JsonObject, isObject, readDocuments } from '@tiphys/core/spec'
import { reasonOf, yamlFailure } from './manifests.ts'

export interface KubeContext {
  readonly namespace: string | undefined
  readonly token: string | undefined
  readonly username: string | undefined
  readonly password: string | undefined
}

export interface KubeChoice {
  /** The file of `--kubeconfig`; empty for `KUBECONFIG` or `~/.kube/config`. */
  readonly file: string
  readonly context: string
  readonly user: string
  readonly env: Readonly<Record<string, string | undefined>>
}

const NOTHING: KubeContext = { namespace: undefined, token: undefined, username: undefined, password: undefined }

/** What the chosen context says; nothing where there is no kubeconfig, as a server may do without one. */
export function kubeContext(choice: KubeChoice): KubeContext {
  const files = filesOf(choice).map(readConfig).filter((config) => config !== undefined)
  const name = choice.context || files.map((file) => text(file['current-context'])).find((current) => current !== undefined)
  const context = name === undefined ? undefined : entry(files, 'contexts', { name, field: 'context' })
  const userName = choice.user || text(context?.['user'])
  const user = userName === undefined ? undefined : entry(files, 'users', { name: userName, field: 'user' })
  if (context === undefined && user === undefined) return NOTHING
  return { namespace: text(context?.['namespace']), token: tokenOf(user), username: text(user?.['username']), password: text(user?.['password']) }
}

/** Why what was chosen cannot be used, in the words of kubectl's library; a file that nobody names need not be there. */
export function kubeProblem(choice: KubeChoice & { readonly cluster: string }): string | undefined {
  if (choice.file !== '' && !existsSync(choice.file)) return `stat ${choice.file}: no such file or directory`
  const paths = filesOf(choice).filter((path) => existsSync(path))
  const broken = paths.map((path) => fileProblem(path)).find((problem) => problem !== undefined)
  if (broken !== undefined) return broken
  const files = paths.map(readConfig).filter((config) => config !== undefined)
  const { context, cluster } = choice
  if (context !== '' && entry(files, 'contexts', { name: context, field: 'context' }) === undefined) return `invalid configuration: context was not found for specified context: ${context}`
  if (cluster !== '' && entry(files, 'clusters', { name: cluster, field: 'cluster' }) === undefined) return `invalid configuration: no server found for cluster ${JSON.stringify(cluster)}`
  return undefined
}

function fileProblem(path: string): string | undefined {
  try {
    const problem = readDocuments(readFileSync(path, 'utf8'))[0]?.problem
    return problem === undefined ? undefined : `error loading config file ${JSON.stringify(path)}: ${yamlFailure(problem).replace('error converting YAML to JSON: ', '')}`
  } catch (error) {
    return `error loading config file ${JSON.stringify(path)}: ${(error as NodeJS.ErrnoException).code === 'EISDIR' ? 'read' : 'open'} ${path}: ${reasonOf(error)}`
  }
}

function filesOf({ file, env }: KubeChoice): readonly string[] {
  if (file !== '') return [file]
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '')
  return listed.length > 0 ? listed : [join(env['HOME'] || homedir(), '.kube/config')]
}

function readConfig(path: string): JsonObject | undefined {
  const content = contentOf(path)
  const value = content === undefined ? undefined : readDocuments(content)[0]?.value
  return isObject(value) ? value : undefined
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** The first entry of a name in the named lists of all files. */
function entry(files: readonly JsonObject[], list: string, { name, field }: { readonly name: string; readonly field: string }): JsonObject | undefined {
  for (const file of files) {
    for (const item of Array.isArray(file[list]) ? (file[list] as readonly Json[]) : []) {
      if (isObject(item) && item['name'] === name && isObject(item[field])) return item[field]
    }
  }
  return undefined
}

function tokenOf(user: JsonObject | undefined): string | undefined {
  const given = text(user?.['token'])
  const file = text(user?.['tokenFile'])
  return given ?? (file === undefined ? undefined : contentOf(file)?.trim())
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
