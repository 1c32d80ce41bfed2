// Owns the comparison of lint with the recorded verdicts of the reference, and the proof that harmless manifests stay unblamed.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { argoReport, lintFiles, readUniverse, referenceVerdict, type SourceFile } from './index.ts'

interface Case {
  readonly id: string
  readonly operator: string
  readonly manifest: string
  readonly with?: readonly string[]
  readonly ok: boolean
  readonly message: string
}

const root = process.env['TIPHYS_CONFORMANCE'] ?? fileURLToPath(new URL('../../../shared/conformance', import.meta.url))
const casesFile = `${root}/lint/cases.jsonl`
const present = existsSync(casesFile)
const cases: Case[] = present ? readFileSync(casesFile, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Case) : []
const examples = new Map<string, string>()

function example(name: string): SourceFile {
  const text = examples.get(name) ?? readFileSync(`${root}/argo/examples/${name}`, 'utf8')
  examples.set(name, text)
  return { path: name, text }
}

function filesOf(one: Case): SourceFile[] {
  return [{ path: 'manifest.yaml', text: one.manifest }, ...(one.with ?? []).map(example)]
}

// The reference names one of several undefined names, and not always the same one.
const anyName = /(invalid dependency) \S+/

const chunk = 400
const chunks = Array.from({ length: Math.ceil(cases.length / chunk) }, (_, i) => i)
const plain = (text: string): string => text.replace(anyName, '$1')

/** What is wrong with our answer to a case; undefined when nothing is. */
function complaint(one: Case): string | undefined {
  const harmless = one.operator.startsWith('harmless-')
  // Whether our own findings on the other accepted ones are right is for the fixtures to say.
  if (one.ok && !harmless) return referenceVerdict(readUniverse(filesOf(one))).ok ? undefined : 'refused although accepted'
  const { ok, reference, findings } = lintFiles(filesOf(one))
  if (reference.ok !== one.ok) return `the verdict is ${reference.ok}`
  const errors = findings.filter((f) => f.severity === 'error')
  if (!one.ok && (ok || !errors.some((f) => f.line >= 1 && f.column >= 1))) return 'no error of ours has a place'
  if (harmless && errors.length > 0) return `blamed although harmless: ${errors[0]?.message ?? ''}`
  const [first] = reference.rejections
  const said = one.ok || first?.code !== 'invalid' || plain(one.message).includes(plain(first.message))
  return said ? undefined : `said ${first?.message ?? ''} instead of ${one.message}`
}

describe.skipIf(!present)('recorded verdicts', () => {
  it('are many, and 325 of them harmless', () => {
    expect(cases.length).toBeGreaterThan(3000)
    expect(cases.filter((one) => one.operator.startsWith('harmless-'))).toHaveLength(325)
  })

  it.each(chunks)('LINT-1 the verdict, its words and its place, and no blame for what is harmless: part %i', (i) => {
    const part = cases.slice(i * chunk, (i + 1) * chunk)
    const wrong = part.map((one) => ({ id: one.id, complaint: complaint(one) })).filter((c) => c.complaint !== undefined)
    expect(wrong).toEqual([])
  })

  it('LINT-2 with compat only the verdict of the reference counts', () => {
    const some = cases.filter((_, i) => i % 50 === 0)
    expect(some.filter((one) => lintFiles(filesOf(one), { compat: 'argo' }).ok !== one.ok)).toEqual([])
  })

  it('LINT-2 what cannot be read or found is an error although the reference accepts it', () => {
    const operators = ['expr-syntax', 'expr-unbalanced', 'expr-undefined-input', 'when-syntax', 'when-unbalanced', 'dag-depends-dangling-and', 'dag-depends-comma',
      'retry-limit-text', 'retry-expression-syntax', 'loop-sequence-not-a-number', 'suspend-duration-bad', 'timeout-words', 'hook-undefined-template', 'mount-undefined-volume']
    const broken = cases.filter((one) => one.ok && operators.includes(one.operator))
    const unseen = broken.filter((one) => !lintFiles(filesOf(one)).findings.some((f) => f.severity === 'error' && !f.rejectedByReference))
    expect(broken.length).toBeGreaterThan(25)
    expect(unseen.map((one) => one.id)).toEqual([])
  })
})

describe.skipIf(!existsSync(`${root}/argo/examples`))('published manifests', () => {
  it('the examples of the reference, linted as one folder, give no error', () => {
    const names = readdirSync(`${root}/argo/examples`, { recursive: true }).map(String).filter((name) => /\.ya?ml$/.test(name))
    const result = lintFiles(names.map(example))
    expect(result.findings.filter((f) => f.severity === 'error')).toEqual([])
    expect(result.reference.ok).toBe(true)
    expect(result.ok).toBe(true)
  })

  it('a manifest whose quotation lost its indentation is refused with line, column and the reason', () => {
    const text = readFileSync(`${root}/seeds/retry-conditional.as-quoted.yaml`, 'utf8')
    const finding = lintFiles([{ path: 'retry.yaml', text }]).findings.find((f) => f.code === 'yaml_invalid')
    expect(finding).toMatchObject({ line: 20, column: 14, severity: 'error' })
    expect(finding?.hint).toContain('begins in column 8, but the keys before it in column 7')
  })
})

interface Transcript {
  readonly id: string
  readonly mode: string
  readonly args: readonly string[]
  readonly stdout: string
}

const transcripts = `${root}/cli/transcripts.jsonl`

describe.skipIf(!existsSync(transcripts))('recorded output', () => {
  it('offline lint prints what the reference prints', () => {
    const lines = readFileSync(transcripts, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Transcript)
    const offline = lines.filter((t) => t.args[0] === 'lint' && t.args.includes('--offline') && t.args.every((a) => a.startsWith('-') || a === 'lint' || a.endsWith('.yaml')))
    expect(offline.length).toBeGreaterThan(1)
    for (const { args, stdout } of offline) {
      const files = args.filter((a) => a.endsWith('.yaml')).map((path) => ({ path, text: readFileSync(`${root}/cli/files/${path}`, 'utf8') }))
      expect(argoReport(lintFiles(files).reference, { style: 'pretty', color: true })).toBe(stdout)
    }
  })
})
