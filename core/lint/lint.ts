// Owns lint as a whole: the verdict of the reference, the findings of our own rules, and which of them count.
import {
  duplicatedKeys,
  didYouMean,
  formatPath,
  isObject,
  manifestKinds,
  placeProblem,
  schemaOfKind,
  type Manifest,
  type Path,
} from '@tiphys/core/spec'
import { newRemarks, objectOf, placeRemark, type Finding, type Remark, type Remarks } from './finding.ts'
import { viewObject, type JudgedManifest } from './object-view.ts'
import { referenceHint, withoutTrail } from './reference-hints.ts'
import { bothCatalogs, referenceVerdict, refusedDuplicates, type ReferenceOptions, type Rejection } from './reference.ts'
import { checkBinding } from './rules/bindings.ts'
import { bodyRules } from './rules/bodies.ts'
import { checkCalls } from './rules/calls.ts'
import { checkObject } from './rules/objects.ts'
import { podPartRules } from './rules/pod-parts.ts'
import type { StructRule } from './rules/struct-rule.ts'
import { checkTemplate } from './rules/templates.ts'
import { checkKnownWords, valueRules } from './rules/values.ts'
import { checkVariables } from './rules/variables.ts'
import { ownerKey, readUniverse, type LintedFile, type SourceFile, type Universe } from './universe.ts'
import { visitStructs } from './visit.ts'

export interface LintOptions extends ReferenceOptions {
  /** `argo`: only what the reference refuses counts. */
  readonly compat?: 'argo' | undefined
}

export interface LintResult {
  /** False when something that counts was found, or when there was nothing to lint. */
  readonly ok: boolean
  /** By file and place. */
  readonly findings: readonly Finding[]
  /** How many objects were looked at. */
  readonly objects: number
  /** The reference's own verdict on the call as a whole. */
  readonly reference: { readonly ok: boolean; readonly rejections: readonly Rejection[] }
}

/** Lints files together; they may refer to each other's templates, and to nothing else. */
export function lintFiles(files: readonly SourceFile[], options: LintOptions = {}): LintResult {
  const read = readUniverse(files)
  const universe = { ...read, catalog: bothCatalogs(read.catalog, options.elsewhere) }
  const reference = referenceVerdict(universe, options)
  const findings: Finding[] = []
  for (const file of universe.files) findings.push(...lintFile(universe, file, { options, rejections: reference.rejections }))
  for (const rejection of reference.rejections) {
    if (rejection.manifest !== undefined) continue
    // That nothing is left to lint follows from what could not be read, and is no mistake of its own.
    const causes = rejection.code === 'nothing' ? findings.filter((f) => unreadableCodes.includes(f.code)) : []
    for (const cause of causes) findings[findings.indexOf(cause)] = { ...cause, severity: 'error', rejectedByReference: true }
    if (causes.length === 0) findings.push(callFinding(rejection))
  }
  findings.sort(byPlace)
  const objects = universe.files.reduce((sum, f) => sum + f.manifests.filter((m) => m.kind !== 'other').length, 0)
  const failed = options.compat === 'argo' ? !reference.ok : findings.some((f) => f.severity === 'error')
  return { ok: !failed, findings, objects, reference }
}

/** What keeps a document from being an object at all, or makes the reference pass over it. */
const unreadableCodes = ['yaml_invalid', 'not_an_object', 'kind_missing', 'too_deep', 'too_large', 'duplicate_key']

function byPlace(a: Finding, b: Finding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.line - b.line || a.column - b.column || (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1)
}

/** A refusal that is about no object. */
function callFinding(rejection: Rejection): Finding {
  const { file, code, message } = rejection
  return { file, line: 1, column: 1, severity: 'error', code: `reference_${code}`, message, path: '', rejectedByReference: true }
}

interface FileInput {
  readonly options: LintOptions
  readonly rejections: readonly Rejection[]
}

function lintFile(universe: Universe, file: LintedFile, input: FileInput): Finding[] {
  const findings: Finding[] = []
  for (const { problem } of file.unreadable) {
    findings.push({ file: file.path, ...problem, path: problem.path ?? '', severity: 'error', rejectedByReference: false })
  }
  for (const manifest of file.manifests) findings.push(...lintManifest(universe, { file: file.path, manifest, ...input }))
  return findings
}

interface ManifestInput extends FileInput {
  readonly file: string
  readonly manifest: Manifest
}

function lintManifest(universe: Universe, input: ManifestInput): Finding[] {
  const { file, manifest, options } = input
  const rejection = input.rejections.find((r) => r.manifest === manifest)
  const findings = shapeFindings(input, rejection)
  const remarks = newRemarks()
  if (isJudged(manifest)) {
    if (options.kinds !== undefined && !options.kinds.includes(manifest.kind)) return findings
    // What does not have the right shape would only make rules talk about what is not there.
    if (!manifest.problems.some((p) => p.severity === 'refused')) runRules(universe, manifest, { remarks, namespace: options.namespace ?? '' })
  } else if (manifest.kind === 'WorkflowEventBinding') checkBinding(manifest.object, universe, remarks)
  else checkOther(manifest, remarks)
  if (rejection !== undefined && rejection.code !== 'strict' && rejection.code !== 'parse') {
    findings.push(rejectionFinding(input, rejection, remarks))
  }
  const taken = new Set(findings.map((f) => `${f.line}:${f.column}:${f.severity}`))
  for (const remark of remarks.all) {
    const finding = placeRemark(file, manifest, remark, false)
    // The reference has said so already, at the same place.
    if (rejection?.code === 'invalid' && finding.severity === 'error' && taken.has(`${finding.line}:${finding.column}:error`)) continue
    findings.push(finding)
  }
  return findings
}

export function isJudged(manifest: Manifest): manifest is JudgedManifest {
  return ['Workflow', 'WorkflowTemplate', 'ClusterWorkflowTemplate', 'CronWorkflow'].includes(manifest.kind)
}

/** Fields and values that do not fit the schema, and keys that stand twice. */
function shapeFindings(input: ManifestInput, rejection: Rejection | undefined): Finding[] {
  const { file, manifest, options } = input
  const object = objectOf(manifest)
  const findings = manifest.problems.map((problem): Finding => {
    const refused = problem.severity === 'refused' || (problem.severity === 'strict' && rejection?.code === 'strict')
    const lax = problem.severity === 'strict' && options.strict === false
    return {
      file,
      ...placeProblem(manifest.document, problem),
      path: formatPath(problem.path),
      severity: lax ? 'warning' : 'error',
      object,
      rejectedByReference: refused,
    }
  })
  const twice = refusedDuplicates(manifest).map(formatPath)
  for (const { key, line, column, first, path } of duplicatedKeys(manifest.document)) {
    const json = manifest.document.format === 'json'
    const hint = json ? undefined : 'the reference passes over such a document without a word'
    const message = `the key "${key}" stands twice, first in line ${first.line}`
    const refused = rejection?.code === 'strict' && path !== undefined && twice.includes(formatPath(path))
    findings.push({ file, line, column, severity: refused ? 'error' : 'warning', code: 'duplicate_key', message, hint, path: '', object, rejectedByReference: refused })
  }
  return findings
}

/** The reference's refusal, at its place and with the hint of our own finding there, if there is one. */
function rejectionFinding(input: ManifestInput, rejection: Rejection, remarks: Remarks): Finding {
  const { file, manifest } = input
  const place = rejection.invalid?.place
  const own = place === undefined || !isJudged(manifest) || place.base.object === manifest.object
  const path: Path = own ? rejection.path : []
  const same = remarks.all.find((r) => r.severity === 'error' && formatPath(r.path) === formatPath(path)) ?? (own ? sameElsewhere(rejection, remarks) : undefined)
  const elsewhere = own ? undefined : `the place is ${formatPath(rejection.path)} of "${place?.base.name ?? ''}"`
  const hint = same?.hint ?? elsewhere ?? referenceHint(rejection.message)
  const message = same?.message ?? withoutTrail(rejection.message)
  const remark: Remark = { severity: 'error', code: same?.code ?? `reference_${rejection.code}`, path: same?.path ?? path, message, hint }
  return { ...placeRemark(file, manifest, remark, true), ...(message !== rejection.message && { referenceMessage: rejection.message }) }
}

/** Words of the reference for what our own findings place better. */
const sameWords: Readonly<Record<string, RegExp>> = {
  dependency_unknown: /invalid dependency/,
  depends_invalid: /invalid dependency/,
  dag_cycle: /graph with cycle/,
  tag_unclosed: /failed to resolve|Cannot find end tag/,
}

function sameElsewhere(rejection: Rejection, remarks: Remarks): Remark | undefined {
  const template = rejection.path.slice(0, rejection.path.indexOf('templates') + 2)
  return remarks.all.find((r) => sameWords[r.code]?.test(rejection.message) === true && template.every((part, i) => r.path[i] === part))
}

const ruleTables = [valueRules, podPartRules, bodyRules]
const structRules = new Map<string, readonly StructRule[]>()
for (const table of ruleTables) {
  for (const [name, rules] of Object.entries(table)) structRules.set(name, [...(structRules.get(name) ?? []), ...rules])
}

function runRules(universe: Universe, manifest: JudgedManifest, input: { remarks: Remarks; namespace: string }): void {
  const { remarks } = input
  const { status: _status, ...object } = manifest.object as { readonly status?: unknown }
  visitStructs(schemaOfKind(manifest.kind), object, (struct, value, path) => {
    const at = { path, remarks }
    checkKnownWords(struct, value, at)
    for (const rule of structRules.get(struct.name) ?? []) rule(value, at)
  })
  const view = viewObject(universe, manifest, input)
  checkObject(view)
  for (const template of view.all) {
    checkTemplate(view, template)
    checkCalls(view, template)
  }
  checkVariables(view)
  if (universe.repeated.some((r) => r.manifest === manifest)) {
    remarks.error('name_not_unique', ['metadata', 'name'], `another ${manifest.kind} has the same name: ${ownerName(manifest)}`)
  }
}

function ownerName(manifest: JudgedManifest): string {
  return manifest.kind === 'WorkflowTemplate' || manifest.kind === 'ClusterWorkflowTemplate' ? ownerKey(manifest) : ''
}

/** Objects of other kinds are left alone, unless they claim to be one of ours. */
function checkOther(manifest: Manifest, remarks: Remarks): void {
  if (manifest.kind !== 'other' || !isObject(manifest.object)) return
  const { apiVersion } = manifest.object
  if (typeof apiVersion !== 'string' || !apiVersion.startsWith('argoproj.io/')) return
  const ignored = ['WorkflowTaskResult', 'WorkflowArtifactGCTask', 'EventSource', 'Sensor', 'EventBus', 'Application', 'AppProject', 'ApplicationSet', 'Rollout']
  if (ignored.includes(manifest.kindName)) return
  remarks.warning('kind_unknown', ['kind'], `"${manifest.kindName}" is not a kind that lint knows`, didYouMean(manifest.kindName, manifestKinds))
}
