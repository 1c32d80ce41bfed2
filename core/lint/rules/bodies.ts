// Owns rules for the parts of templates that are Argo's own: HTTP, data, resource, script, memoization, metrics, locks, artifacts.
import { dnsSubdomainProblems } from '@tiphys/core/kube'
import { artifactLocations, composeYaml, isObject, nearest, type JsonObject } from '@tiphys/core/spec'
import { firstProblem, fixedText, hasField, textOf, type StructRule } from './struct-rule.ts'

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']

const http: StructRule = (value, { path, remarks }) => {
  if (textOf(value, 'url') === '') remarks.error('url_missing', path, 'the HTTP request has no url')
  const method = fixedText(value, 'method')
  if (method !== undefined && !methods.includes(method)) {
    const hint = methods.includes(method.toUpperCase()) ? `write ${method.toUpperCase()}` : `one of ${methods.join(', ')}`
    remarks.error('value_unknown', [...path, 'method'], `"${method}" is not an HTTP method`, hint)
  }
  if (hasField(value, 'body') && isObject(value['bodyFrom'])) remarks.warning('choose_one', path, 'body and bodyFrom exclude each other; bodyFrom is used')
}

const data: StructRule = (value, { path, remarks }) => {
  const source = isObject(value['source']) ? value['source'] : {}
  if (!isObject(source['artifactPaths'])) remarks.error('source_missing', path, 'the data template has no source', 'add source: {artifactPaths: ...}')
}

const script: StructRule = (value, { path, remarks }) => {
  if (textOf(value, 'source').trim() === '') remarks.error('source_missing', path, 'the script has no source')
  const command = value['command']
  if (Array.isArray(command) && command.length > 0) return
  // A misspelt "command" is told as an unknown field.
  if (Object.keys(value).some((key) => key !== 'command' && nearest(key, ['command']) !== undefined)) return
  remarks.warning('command_missing', path, 'the script names no command, so the entrypoint of the image gets the script as its argument', 'add command, such as [sh] or [python]')
}

const memoize: StructRule = (value, { path, remarks }) => {
  const cache = isObject(value['cache']) ? value['cache'] : {}
  const map = isObject(cache['configMap']) ? cache['configMap'] : {}
  const name = fixedText(map, 'name')
  const problem = name === undefined ? undefined : firstProblem(dnsSubdomainProblems(name))
  if (problem !== undefined) remarks.error('name_invalid', [...path, 'cache', 'configMap', 'name'], `"${name ?? ''}" cannot be the name of a config map: ${problem}`)
  if (textOf(map, 'name') === '') remarks.error('cache_missing', path, 'memoization has no cache', 'add cache: {configMap: {name: ...}}')
  if (textOf(value, 'key') === '') remarks.error('cache_key_missing', path, 'memoization has no key')
}

const metric: StructRule = (value, { path, remarks }) => {
  const types = ['gauge', 'counter', 'histogram'].filter((type) => isObject(value[type]))
  const name = textOf(value, 'name')
  if (types.length === 0) remarks.error('metric_incomplete', path, `metric "${name}" is of no type`, 'add gauge, counter or histogram')
  if (types.length > 1) remarks.error('choose_one', path, `metric "${name}" is of ${types.length} types: ${types.join(', ')}`, 'keep one of them')
  const histogram = value['histogram']
  const buckets = isObject(histogram) ? histogram['buckets'] : undefined
  if (isObject(histogram) && (!Array.isArray(buckets) || buckets.length === 0)) {
    remarks.error('metric_incomplete', [...path, 'histogram'], `the histogram "${name}" has no buckets`, 'add buckets: [1, 10, 60]')
  }
  const gauge = value['gauge']
  if (isObject(gauge) && gauge['realtime'] === true && !/duration/.test(textOf(gauge, 'value'))) {
    remarks.warning('metric_realtime', [...path, 'gauge', 'value'], 'only a duration changes while something runs', 'use {{duration}} or {{workflow.duration}}')
  }
}

const semaphore: StructRule = (value, { path, remarks }) => {
  const sources = ['configMapKeyRef', 'database'].filter((source) => isObject(value[source]))
  if (sources.length === 1) return
  const message = sources.length === 0 ? 'the semaphore does not say where its limit stands' : 'the semaphore has two sources for its limit'
  remarks.error(sources.length === 0 ? 'lock_incomplete' : 'choose_one', path, message, 'use one of configMapKeyRef and database')
}

const mutex: StructRule = (value, { path, remarks }) => {
  if (textOf(value, 'name') === '') remarks.error('lock_incomplete', path, 'the mutex has no name')
}

/** What an artifact means is clear only when it lives in one place. */
const artifact: StructRule = (value, { path, remarks }) => {
  const places = artifactLocations.filter((place) => isObject(value[place]))
  const name = textOf(value, 'name')
  if (places.length > 1) {
    remarks.warning('choose_one', path, `artifact "${name}" lives in ${places.length} places: ${places.join(', ')}`, `only ${places[0] ?? ''} is used`)
  }
  const archive = isObject(value['archive']) ? ['none', 'tar', 'zip'].filter((way) => isObject((value['archive'] as JsonObject)[way])) : []
  if (archive.length > 1) remarks.warning('choose_one', [...path, 'archive'], `artifact "${name}" is packed in ${archive.length} ways: ${archive.join(', ')}`)
  const mode = value['mode']
  if (typeof mode === 'number' && (mode < 0 || mode > 0o777)) {
    const meant = /^[0-7]{3,4}$/.test(String(mode)) ? `write 0${mode}, which is octal` : 'write it in octal, such as 0755'
    const path1 = [...path, 'mode']
    if (mode < 0 || mode > 0o7777) remarks.error('mode_invalid', path1, `${mode} is not a file mode`, meant)
    else remarks.warning('mode_unusual', path1, `the file mode ${mode} is 0${mode.toString(8)} in octal`, meant)
  }
  const from = fixedText(value, 'from')
  if (from !== undefined) remarks.error('reference_expected', [...path, 'from'], `"${from}" is no reference to an artifact`, `write "{{${from}}}"`)
}

const valueFrom: StructRule = (value, { path, remarks }) => {
  const parameter = fixedText(value, 'parameter')
  if (parameter !== undefined) remarks.error('reference_expected', [...path, 'parameter'], `"${parameter}" is no reference to a parameter`, `write "{{${parameter}}}"`)
}

const resource: StructRule = (value, { path, remarks }) => {
  const manifest = textOf(value, 'manifest')
  const action = textOf(value, 'action')
  const needed = action !== 'get' && action !== 'delete'
  if (manifest !== '' && action !== 'patch') checkManifest(manifest, (message, hint) => remarks.error('manifest_invalid', [...path, 'manifest'], message, hint))
  const flags = value['flags']
  if (!needed && manifest === '' && !isObject(value['manifestFrom']) && !(Array.isArray(flags) && flags.length > 0)) {
    remarks.error('manifest_missing', path, `nothing says what to ${action}`, 'add a manifest or flags')
  }
  for (const field of ['successCondition', 'failureCondition']) {
    const condition = fixedText(value, field)
    const problem = condition === undefined ? undefined : conditionProblem(condition)
    if (problem !== undefined) remarks.error('condition_invalid', [...path, field], problem, 'write for example status.phase == Succeeded')
  }
}

function checkManifest(manifest: string, refuse: (message: string, hint: string) => void): void {
  if (/^\s*\{\{[^{}]*\}\}\s*$/.test(manifest)) return
  const composed = composeYaml(manifest.replace(/\{\{[^{}]*\}\}/g, 'x'))
  // Tags may stand for whole lines, so what does not read now may read later: the reference judges that.
  if (composed.failure !== undefined) return
  if (!isObject(composed.value)) return refuse('the manifest is no Kubernetes object', 'a manifest begins with apiVersion and kind')
  for (const field of ['apiVersion', 'kind']) {
    if (composed.value[field] === undefined) return refuse(`the manifest has no ${field}`, 'a manifest begins with apiVersion and kind')
  }
}

/** Conditions are selectors over fields: comparisons joined by commas. */
function conditionProblem(condition: string): string | undefined {
  for (const part of condition.split(',')) {
    if (!/^\s*[^\s=!<>()]+\s*(?:(?:==?|!=|>|<)\s*[^\s=!<>()]*|\s+(?:in|notin)\s*\([^()]*\))\s*$/.test(part) && !/^\s*!?[^\s=!<>()]+\s*$/.test(part)) {
      // Values in a list hold commas, so such a condition is left to the one who runs it.
      if (/\b(?:in|notin)\b/.test(condition)) return undefined
      return `"${part.trim()}" is not a condition`
    }
  }
  return undefined
}

const podSpecPatch: StructRule = (value, { path, remarks }) => {
  const patch = textOf(value, 'podSpecPatch')
  if (patch === '' || /^\s*\{\{/.test(patch)) return
  const composed = composeYaml(patch.replace(/\{\{[^{}]*\}\}/g, 'x'))
  const bare = /\{\{/.test(patch) && composed.failure !== undefined
  if (bare || isObject(composed.value)) return
  const what = composed.failure?.message ?? 'it is no map'
  remarks.error('pod_patch_invalid', [...path, 'podSpecPatch'], `podSpecPatch cannot be read: ${what}`)
}

/** Rules by the name of the struct that they look at. */
export const bodyRules: Readonly<Record<string, readonly StructRule[]>> = {
  HTTPTemplate: [http],
  DataTemplate: [data],
  ScriptTemplate: [script],
  Memoize: [memoize],
  Prometheus: [metric],
  SemaphoreRef: [semaphore],
  Mutex: [mutex],
  Artifact: [artifact],
  ArtifactPaths: [artifact],
  ValueFrom: [valueFrom],
  ResourceTemplate: [resource],
  Template: [podSpecPatch],
  WorkflowSpec: [podSpecPatch],
}
