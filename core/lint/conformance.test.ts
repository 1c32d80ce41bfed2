// Owns the comparison of lint with the recorded verdicts of the reference, and the proof that harmless manifests stay unblamed.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { argoReport, lintFiles, type LintResult, type SourceFile } from './index.ts'

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

interface Linted {
  readonly one: Case
  readonly result: LintResult
}

let linted: readonly Linted[] | undefined

/** Every case is linted once; what counts in the two modes can be read from one result. */
function results(): readonly Linted[] {
  linted ??= cases.map((one) => ({ one, result: lintFiles(filesOf(one)) }))
  return linted
}

describe.skipIf(!present)('recorded verdicts', () => {
  it('LINT-1 the verdict of every case is the recorded one', () => {
    const wrong = results().filter(({ one, result }) => result.reference.ok !== one.ok).map(({ one }) => one.id)
    expect(cases.length).toBeGreaterThan(3000)
    expect(wrong).toEqual([])
  })

  it('LINT-2 with compat only the verdict of the reference counts', () => {
    const some = cases.filter((_, i) => i % 50 === 0)
    expect(some.filter((one) => lintFiles(filesOf(one), { compat: 'argo' }).ok !== one.ok)).toEqual([])
  })

  it('refusals are said in the words of the reference', () => {
    const plain = (text: string): string => text.replace(anyName, '$1')
    const wrong = results().flatMap(({ one, result }) => {
      const [first] = result.reference.rejections
      if (one.ok || first?.code !== 'invalid' || plain(one.message).includes(plain(first.message))) return []
      return [{ id: one.id, want: one.message, got: first.message }]
    })
    expect(wrong).toEqual([])
  })

  it('what the reference refuses is an error in either mode, and placed in the file', () => {
    const wrong = results().filter(({ one, result }) => {
      const placed = result.findings.some((f) => f.severity === 'error' && f.line >= 1 && f.column >= 1)
      return !one.ok && (result.ok || !placed)
    })
    expect(wrong.map(({ one }) => one.id)).toEqual([])
  })

  it('LINT-3 harmless changes give no error', () => {
    const harmless = results().filter(({ one }) => one.operator.startsWith('harmless-'))
    const blamed = harmless.flatMap(({ one, result }) => result.findings.filter((f) => f.severity === 'error').map((f) => `${one.id}: ${f.message}`))
    expect(harmless.length).toBe(325)
    expect(blamed).toEqual([])
  })

  it('what cannot be read or found is an error although the reference accepts it', () => {
    const operators = ['expr-syntax', 'expr-unbalanced', 'expr-undefined-input', 'when-syntax', 'when-unbalanced', 'dag-depends-dangling-and', 'dag-depends-comma',
      'retry-limit-text', 'retry-expression-syntax', 'loop-sequence-not-a-number', 'suspend-duration-bad', 'timeout-words', 'hook-undefined-template', 'mount-undefined-volume']
    const broken = results().filter(({ one }) => one.ok && operators.includes(one.operator))
    const unseen = broken.filter(({ result }) => !result.findings.some((f) => f.severity === 'error' && !f.rejectedByReference))
    expect(broken.length).toBeGreaterThan(25)
    expect(unseen.map(({ one }) => one.id)).toEqual([])
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
