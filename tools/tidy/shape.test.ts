// Proves the checks on names, opening comments and markers of unfinished work.
import { describe, expect, it } from 'vitest'
import { projectOf } from './project.ts'
import { checkShape } from './shape.ts'

const opening = '// Owns the words that open a file.\n'

function findingsFor(path: string, text: string): string[] {
  return checkShape(projectOf({ [path]: text })).map((finding) => `${finding.line} ${finding.rule}`)
}

describe('names', () => {
  it.each(['core/utils/a.ts', 'shell/http/helpers/a.ts', 'fixtures/common/a.yaml', 'core/kube/utils.ts', 'core/kube/helper.test.ts'])('that say nothing fail: %s', (path) => {
    expect(findingsFor(path, opening)).toEqual(['1 name-empty'])
  })

  it('of source files are in kebab-case', () => {
    expect(findingsFor('core/kube/labelSelector.ts', opening)).toEqual(['1 name-kebab'])
    expect(findingsFor('core/kube/label-selector.proc.test.ts', opening)).toEqual([])
    expect(findingsFor('core/kube/commonest-word.ts', opening)).toEqual([])
  })
})

describe('the opening comment', () => {
  it.each(['', 'export const a = 1\n', '// a.ts\n', "import 'b'\n// Owns the words that open a file.\n"])('is missing in %j', (text) => {
    expect(findingsFor('core/kube/a.ts', text)).toEqual(['1 opening-comment'])
  })

  it.each([opening, `#!/usr/bin/env node\n${opening}`, '/**\n * Owns the words that open a file.\n */\n', '// Owns\n// the words that open it\n'])('is present in %j', (text) => {
    expect(findingsFor('core/kube/a.ts', text)).toEqual([])
  })
})

describe('markers of unfinished work', () => {
  const unfinished = ['TO' + 'DO', 'FIX' + 'ME', 'HA' + 'CK', '@ts-' + 'ignore', '@ts-' + 'nocheck']

  it.each(unfinished)('%s fails in a comment', (marker) => {
    expect(findingsFor('core/kube/a.ts', `${opening}const a = 1 // ${marker} later\n`)).toEqual(['2 marker'])
    expect(findingsFor('core/kube/a.ts', `${opening}function f() {\n  // ${marker}: later\n}\n`)).toEqual(['3 marker'])
  })

  it.each(unfinished)('%s passes in a string, a template and a regular expression', (marker) => {
    expect(findingsFor('core/kube/a.ts', `${opening}const a = ['${marker}', \`${marker} \${b} ${marker}\`, /${marker}/]\n`)).toEqual([])
  })
})
