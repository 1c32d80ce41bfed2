// Owns `tiphys executor-plugin build`: the ConfigMap and the description of a plugin, from the folder that defines it.
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Json, type JsonObject, emitYaml, isObject, readDocuments, sortKeys } from '@tiphys/core/spec'
import type { Invocation, Outcome } from '../flags/index.ts'

export async function run({ args, streams }: Invocation): Promise<Outcome> {
  const [folder = ''] = args
  const plugin = await readPlugin(folder)
  if (!plugin.ok) return { error: plugin.message }
  const name = textOf(plugin.metadata['name'])
  const files = [
    { path: join(folder, `${name}-executor-plugin-configmap.yaml`), text: `${GENERATED}\n${emitYaml(sortKeys(configMapOf(plugin)))}` },
    { path: join(folder, 'README.md'), text: descriptionOf(plugin) },
  ]
  for (const { path, text } of files) {
    await writeFile(path, text)
    streams.stdout(`${path} created\n`)
  }
  return { exit: 0 }
}

const GENERATED = '# This is an auto-generated file. DO NOT EDIT'

interface Plugin { readonly kind: string; readonly metadata: JsonObject; readonly sidecar: JsonObject; readonly container: JsonObject }
type Read = ({ readonly ok: true } & Plugin) | { readonly ok: false; readonly message: string }

async function readPlugin(folder: string): Promise<Read> {
  const path = join(folder, 'plugin.yaml')
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return { ok: false, message: `open ${path}: no such file or directory` }
  const [document] = readDocuments(text)
  if (document?.problem !== undefined) return { ok: false, message: `${path}:${document.problem.line}: ${document.problem.message}` }
  const { metadata, sidecar, container, kind } = partsOf(document?.value ?? null)
  const servers = (await readdir(folder)).filter((file) => file.startsWith('server.'))
  if (servers.length > 1) return { ok: false, message: `plugin ${textOf(metadata['name'])} has more than one server.* file` }
  // The program of the plugin is handed over as an argument.
  const [server] = servers
  const whole = server === undefined ? container : { ...container, args: [await readFile(join(folder, server), 'utf8')] }
  const problem = sidecarProblem(whole)
  return problem === undefined ? { ok: true, kind, metadata, sidecar, container: whole } : { ok: false, message: `sidecar is invalid: ${problem}` }
}

function partsOf(value: Json): Plugin {
  const inside = (object: JsonObject, key: string): JsonObject => {
    const part = object[key]
    return isObject(part) ? part : {}
  }
  const plugin = isObject(value) ? value : {}
  const sidecar = inside(inside(plugin, 'spec'), 'sidecar')
  return { kind: textOf(plugin['kind']), metadata: inside(plugin, 'metadata'), sidecar, container: inside(sidecar, 'container') }
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

function sidecarProblem({ ports, resources, securityContext }: JsonObject): string | undefined {
  if (!Array.isArray(ports) || ports.length === 0) return 'at least one port is mandatory'
  if (!isObject(resources) || !isObject(resources['requests'])) return 'resources requests are mandatory'
  if (!isObject(resources['limits'])) return 'resources limits are mandatory'
  return isObject(securityContext) ? undefined : 'security context is mandatory'
}

function configMapOf({ kind, metadata, sidecar, container }: Plugin): Json {
  const { labels, annotations, namespace } = metadata
  const named = { name: '', resources: {}, ...container }
  return {
    apiVersion: 'v1', kind: 'ConfigMap',
    metadata: {
      name: `${textOf(metadata['name'])}-executor-plugin`,
      ...(isObject(annotations) && Object.keys(annotations).length > 0 && { annotations }),
      labels: { 'workflows.argoproj.io/configmap-type': kind, ...(isObject(labels) ? labels : {}) },
      ...(typeof namespace === 'string' && { namespace }),
    },
    data: { 'sidecar.automountServiceAccountToken': String(sidecar['automountServiceAccountToken'] === true), 'sidecar.container': emitYaml(sortKeys(named)) },
  }
}

function descriptionOf({ metadata, container }: Plugin): string {
  const annotations = isObject(metadata['annotations']) ? metadata['annotations'] : {}
  const name = textOf(metadata['name'])
  return `<!-- This is an auto-generated file. DO NOT EDIT -->
# ${name}

* Needs: ${textOf(annotations['workflows.argoproj.io/version'])}
* Image: ${textOf(container['image'])}

${textOf(annotations['workflows.argoproj.io/description'])}

Install:

    kubectl apply -f ${name}-executor-plugin-configmap.yaml

Uninstall:
	
    kubectl delete cm ${name}-executor-plugin 
`
}
