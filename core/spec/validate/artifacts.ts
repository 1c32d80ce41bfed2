// Owns the rules for inputs and for places where artifacts live.
import { cleanPath } from '@tiphys/core/kube'
import type { ArtifactLocation, HDFSArtifact, Template } from '../wire/index.ts'
import { isLeafType, templateType } from '../model/template-type.ts'
import { invalid, within, type Invalid, type Place } from './invalid.ts'
import { dataNameProblem, namesProblem } from './names.ts'
import type { Names } from './tags.ts'

/** Checks the inputs of a template and puts their names into scope. */
export function validateInputs(template: Template, place: Place, names: Names): Invalid | undefined {
  const { inputs } = template
  const prefix = `templates.${template.name ?? ''}`
  for (const field of ['parameters', 'artifacts'] as const) {
    const problem = namesProblem(inputs?.[field] ?? [], dataNameProblem)
    if (problem !== undefined) return invalid(within(place, 'inputs', field, problem.index, 'name'), `${prefix}.inputs.${field}${problem.message}`)
  }
  for (const p of inputs?.parameters ?? []) names.own.add(`inputs.parameters.${p.name}`)
  if ((inputs?.parameters ?? []).length > 0) names.own.add('inputs.parameters')
  const leaf = isLeafType(templateType(template))
  for (const [i, artifact] of (inputs?.artifacts ?? []).entries()) {
    const ref = `inputs.artifacts.${artifact.name}`
    const at = within(place, 'inputs', 'artifacts', i)
    names.own.add(ref)
    if (leaf) {
      const problem = pathProblem(artifact.name, artifact.path ?? '')
      if (problem !== undefined) return invalid(at, `error in ${prefix}.${ref}: ${problem}`)
      names.own.add(`${ref}.path`)
    } else if ((artifact.path ?? '') !== '') return invalid(within(at, 'path'), `${prefix}.${ref}.path only valid in container/script templates`)
    if ((artifact.from ?? '') !== '') return invalid(within(at, 'from'), `${prefix}.${ref}.from not valid in inputs`)
    const problem = validateLocation(artifact, `${prefix}.${ref}`, at)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** An artifact's path must be there, and must not climb out of the folder that it begins with. */
export function pathProblem(name: string, path: string): string | undefined {
  if (path === '') return `Artifact '${name}' did not specify a path`
  const cut = path.indexOf('/../')
  // The reference means a final `/..` and takes any two letters for it; for clean paths that makes no difference.
  const safe = cut >= 0 ? path.slice(0, cut) : /\/[^\n][^\n]$/.test(path) ? path.slice(0, -3) : ''
  if (safe === '') return undefined
  const cleaned = cleanPath(path)
  if (cleaned.startsWith(`${safe}/`) && cleaned.length > safe.length + 1) return undefined
  return `Artifact '${name}' attempted to use a path containing '..'. Directory traversal is not permitted`
}

export function validateLocation(location: ArtifactLocation, prefix: string, place: Place): Invalid | undefined {
  if (location.git !== undefined && location.git.repo === '') return invalid(within(place, 'git'), `${prefix}.git.repo is required`)
  const message = location.hdfs === undefined ? undefined : hdfsProblem(location.hdfs, `${prefix}.hdfs`)
  return message === undefined ? undefined : invalid(within(place, 'hdfs'), message)
}

function hdfsProblem(hdfs: HDFSArtifact, p: string): string | undefined {
  if ((hdfs.addresses ?? []).length === 0) return `${p}.addresses is required`
  if (hdfs.path === '') return `${p}.path is required`
  if (!hdfs.path.startsWith('/')) return `${p}.path must be a absolute file path`
  const cache = hdfs.krbCCacheSecret !== undefined
  const keytab = hdfs.krbKeytabSecret !== undefined
  if ((hdfs.hdfsUser ?? '') === '' && !cache && !keytab) {
    return `either ${p}.hdfsUser, ${p}.krbCCacheSecret or ${p}.krbKeytabSecret is required`
  }
  const principal = (hdfs.krbServicePrincipalName ?? '') !== '' && hdfs.krbConfigConfigMap !== undefined
  const user = (hdfs.krbUsername ?? '') !== '' && (hdfs.krbRealm ?? '') !== ''
  if (keytab && !(principal && user)) {
    return `${p}.krbServicePrincipalName, ${p}.krbConfigConfigMap, ${p}.krbUsername and ${p}.krbRealm are required with ${p}.krbKeytabSecret`
  }
  if (cache && !principal) return `${p}.krbServicePrincipalName and ${p}.krbConfigConfigMap are required with ${p}.krbCCacheSecret`
  return undefined
}
