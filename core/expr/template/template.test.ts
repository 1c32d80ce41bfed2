// Owns the rules of templates and of documents that hold them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Value } from '../golang/value.ts'
import { compileDocument, renderDocument, tagsOfDocument } from './document.ts'
import { explainTemplateError, nearestName } from './error.ts'
import { renderTemplate, type RenderMode } from './render.ts'
import { scopeOfVariables, type TemplateScope } from './scope.ts'
import { compileTemplate, tagsOf } from './template.ts'

const VARIABLES: Readonly<Record<string, string | null>> = {
  'inputs.parameters.x': '1', 'inputs.parameters.my-param': 'hy', 'workflow.name': 'wf', 'steps.skipped.outputs.result': null,
  'a': 'leaf', 'a.b': 'inner', 'quote': 'say "hi"\n', 'bell': '\u0007', 'tag': '{{workflow.name}}', 'json': '{"k":[1,"<"]}', 'item': 'i', 'item.k': 'v',
}
const scope = scopeOfVariables(new Map(Object.entries(VARIABLES)))

/** The text, or the error's code. */
function render(text: string, mode: RenderMode = {}, from: TemplateScope = scope): string {
  const result = renderTemplate(compileTemplate(text), from, mode)
  return result.ok ? result.value : `!${result.error.code}${result.error.missing ? ' missing' : ''}`
}

const LENIENT: RenderMode = { allowUnresolved: true }

describe('tags', () => {
  it('TMPL-1 blanks around a name do not count', () => {
    expect(render('[{{ inputs.parameters.x }}|{{inputs.parameters.my-param}}]')).toBe('[1|hy]')
    expect(render('{{\tworkflow.name}}', LENIENT)).toBe('{{\tworkflow.name}}')
  })

  it('TMPL-2 a name that is no variable is an error worth trying again', () => {
    const result = renderTemplate(compileTemplate('line\n  {{nosuch}}'), scope, {})
    expect(result).toMatchObject({ ok: false, error: { code: 'unresolved', message: 'failed to resolve {{nosuch}}', missing: true, variable: 'nosuch', line: 2, column: 3, offset: 7 } })
  })

  it('TMPL-3 unresolved tags stay where they are allowed', () => {
    expect(render('{{nosuch}} {{workflow.name}} {{.Values.x}} {{ if }}', LENIENT)).toBe('{{nosuch}} wf {{.Values.x}} {{ if }}')
  })

  it('TMPL-4 only names under a strict prefix must resolve', () => {
    const mode: RenderMode = { strict: ['steps', 'tasks'] }
    expect(render('{{nosuch}} {{stepsx.a}}', mode)).toBe('{{nosuch}} {{stepsx.a}}')
    expect(render('{{steps.a.outputs.result}}', mode)).toBe('!unresolved missing')
    expect(render('{{steps.a.outputs.artifacts.x}}', mode)).toBe('{{steps.a.outputs.artifacts.x}}')
    expect(render('{{steps.a.outputs.artifacts.x}}', {})).toBe('!unresolved missing')
  })

  it('TMPL-5 an absent optional is final in every mode', () => {
    for (const mode of [{}, LENIENT, { strict: [] }]) expect(render('{{steps.skipped.outputs.result}}', mode)).toBe('!absent')
    expect(render('{{=steps.skipped.outputs.result ?? "d"}}')).toBe('d')
  })

  it('TMPL-6 a tag ends at the first closing braces, and has to end', () => {
    expect(render('{{={a: {b: 1}}}}')).toBe('!expression')
    expect(render('{{="}}"}}')).toBe('!expression')
    expect(render('a {{ b')).toBe('!unclosed')
    expect(render('a }} b { {')).toBe('a }} b { {')
  })

  it('TMPL-7 only the innermost of nested tags is replaced', () => {
    expect(render('{{outer-{{a.b}}}}')).toBe('{{outer-inner}}')
    expect(render('{{tag}}')).toBe('{{workflow.name}}')
  })

  it('TMPL-8 a simple tag cannot carry every control character, an expression can', () => {
    expect(render('{{bell}}')).toBe('!text')
    expect(render('{{=bell}}')).toBe('\u0007')
    expect(render('{{quote}}')).toBe('say "hi"\n')
  })
})

describe('expressions in tags', () => {
  it('TMPL-9 text is put in as it is, everything else as JSON', () => {
    expect(render('{{=quote}}|{{={a: "<"}}}', {})).toBe('!expression')
    expect(render('{{=quote}}|{{={a: "<"} }}')).toBe('say "hi"\n|{"a":"\\u003c"}')
    expect(render('{{=1 + 1}} {{=2.0}} {{=[1, nil]}} {{=true}} {{="<"}}')).toBe('2 2 [1,null] true <')
  })

  it('TMPL-10 missing variables are found in the syntax', () => {
    expect(render('{{=true || nosuch}}')).toBe('!missing missing')
    expect(render('{{=let q = 1; q}}')).toBe('!missing missing')
  })

  it('TMPL-11 coalescing excuses members, not roots', () => {
    expect(render('{{=inputs.parameters.nosuch ?? "d"}}')).toBe('d')
    expect(render('{{=nosuch ?? "d"}}')).toBe('!missing missing')
    expect(render('{{=inputs?.nosuch?.deep ?? "d"}}')).toBe('d')
  })

  it('TMPL-12 where tags may stay, failures stay and syntax errors fail', () => {
    expect(render('{{=asInt("x")}} {{=nil}}', LENIENT)).toBe('{{=asInt("x")}} {{=nil}}')
    expect(render('{{=1 +}}', LENIENT)).toBe('!expression')
    expect(render('{{=nil}}')).toBe('!expression')
  })

  it('TMPL-13 expressions wait for late variables', () => {
    expect(render('{{=retries ?? "0"}}', LENIENT)).toBe('{{=retries ?? "0"}}')
    expect(render('{{=workflow.status == "x"}}', LENIENT)).toBe('{{=workflow.status == "x"}}')
  })

  it('TMPL-14 a name that begins another one has no value in expressions', () => {
    expect(render('{{a}} {{=a.b}} {{=a}}')).toBe('leaf inner {"b":"inner"}')
  })

  it('only the roots that an expression names are asked for', () => {
    const asked: string[] = []
    const lazy: TemplateScope = { get: () => undefined, names: () => [], env: (name): Value | undefined => { asked.push(name); return name === 'x' ? 'v' : undefined } }
    expect(render('{{=x + "!"}}', {}, lazy)).toBe('v!')
    expect(new Set(asked)).toEqual(new Set(['x']))
  })
})

describe('explanations', () => {
  it('TMPL-16 an unresolved variable is explained by the nearest name', () => {
    const result = renderTemplate(compileTemplate('{{inputs.parameter.x}}'), scope, {})
    if (result.ok) throw new Error('expected an error')
    expect(explainTemplateError(result.error, scope).hint).toBe('did you mean "inputs.parameters.x"?')
    expect(explainTemplateError(result.error, scope).inScope).toContain('workflow.name')
  })

  it('names that are far off are not suggested', () => {
    expect(nearestName('abc', ['xyz', 'quite.another'])).toBeUndefined()
  })

  it('the variables of a template are known before it is filled', () => {
    expect(tagsOf(compileTemplate('{{ x }} {{=asInt(inputs.parameters.n) + y}} {{o-{{i}}}}'))).toEqual(['x', 'inputs', 'inputs.parameters', 'inputs.parameters.n', 'y', 'i'])
  })
})

describe('documents', () => {
  const value = { plain: { deep: [1, 'x'] }, args: ['echo', '{{workflow.name}}'], labels: { '{{a}}': 'v', keep: '{{nosuch}}' }, n: 3, none: null }

  it('TMPL-15 keys and values are filled, everything else is shared', () => {
    const result = renderDocument(compileDocument(value), scope, LENIENT)
    if (!result.ok) throw new Error(result.error.message)
    const filled = result.value as typeof value
    expect(filled).toEqual({ ...value, args: ['echo', 'wf'], labels: { leaf: 'v', keep: '{{nosuch}}' } })
    expect(filled.plain).toBe(value.plain)
  })

  it('a document in which nothing changes is the document itself', () => {
    const untouched = { a: ['{{nosuch}}'] }
    const result = renderDocument(compileDocument(untouched), scope, LENIENT)
    expect(result.ok && result.value === untouched).toBe(true)
  })

  it('the first tag that fails is the error of the document', () => {
    expect(renderDocument(compileDocument(value), scope, {})).toMatchObject({ ok: false, error: { message: 'failed to resolve {{nosuch}}' } })
  })

  it('TMPL-17 braces that only another field closes are text', () => {
    const open = { script: 'printf "{{"', image: '{{workflow.name}}' }
    expect(renderDocument(compileDocument(open), scope, LENIENT)).toEqual({ ok: true, value: { script: 'printf "{{"', image: 'wf' } })
    expect(renderDocument(compileDocument(open), scope, {})).toMatchObject({ ok: false, error: { code: 'unclosed' } })
    expect(renderDocument(compileDocument({ script: '{{' }), scope, LENIENT)).toMatchObject({ ok: false, error: { code: 'unclosed' } })
  })

  it('a key called __proto__ is a key', () => {
    const result = renderDocument(compileDocument(JSON.parse('{"{{p}}": "{{workflow.name}}", "__proto__": "{{a}}"}')), scopeOfVariables(new Map([['p', '__proto__'], ['workflow.name', 'wf'], ['a', 'x']])), {})
    expect(result.ok && Object.getPrototypeOf(result.value)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('the variables of a document are those of its texts and keys', () => {
    expect(new Set(tagsOfDocument(compileDocument(value)))).toEqual(new Set(['workflow.name', 'a', 'nosuch']))
  })
})

describe('any text', () => {
  const piece = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('{{', '}}', '{{=', '{{workflow.name}}', '{{= x}}', '\\', '"', '\u0000', '<', '\ud800'))
  const text = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''))
  const mode = fc.constantFrom<RenderMode>({}, LENIENT, { strict: [] }, { strict: ['workflow', 'x'] })

  it('renders or is an error, without throwing', () => {
    fc.assert(fc.property(text, mode, (t, m) => {
      const result = renderTemplate(compileTemplate(t), scope, m)
      return result.ok ? typeof result.value === 'string' : result.error.message.length > 0
    }), { numRuns: 500 })
  })

  it('without tags stays what it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }).filter((t) => !t.includes('{{')), (t) => render(t) === t))
  })

  it('is put in by a simple tag unchanged when it can be carried at all', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (t) => {
      const result = render('[{{v}}]', {}, scopeOfVariables(new Map([['v', t]])))
      return result === `[${t}]` || result === '!text'
    }))
  })
})
