// Proves the check on relative links in Markdown.
import { describe, expect, it } from 'vitest'
import { checkLinks } from './links.ts'
import { projectOf } from './project.ts'

function findingsFor(text: string): string[] {
  const files = { 'docs/a.md': text, 'docs/b.md': '# The Way\n\n## What `holds` & why\n\n## The Way\n', 'README.md': '', 'core/kube/index.ts': '' }
  return checkLinks(projectOf(files)).map((finding) => `${finding.line} ${finding.what}`)
}

describe('links', () => {
  it.each([
    '[b](b.md)', '[b](./b.md#the-way)', '[b](b.md#the-way-1)', '[b](b.md#what-holds--why)', '[up](../README.md)', '[folder](../core/kube)',
    '[folder](../core/)', '[root](..)', '[web](https://example.com/x)', '[mail](mailto:a@example.com)', '`[code](none.md)`', '```\n[code](none.md)\n```', '# Here\n[h](#here)',
  ])('pass: %j', (text) => {
    expect(findingsFor(text)).toEqual([])
  })

  it.each([
    ['[c](c.md)', '1 the link "c.md" leads to no file'],
    ['\n[b](b.md#elsewhere)', '2 the link "b.md#elsewhere" names no heading of docs/b.md'],
    ['[h](#nowhere)', '1 the link "#nowhere" names no heading of docs/a.md'],
    ['[r](/docs/b.md)', '1 the link "/docs/b.md" begins at the root of the disk'],
    ['```\n```\n[c](c.md)', '3 the link "c.md" leads to no file'],
    ['![picture](c.png)', '1 the link "c.png" leads to no file'],
  ])('fail: %j', (text, expected) => {
    expect(findingsFor(text)).toEqual([expected])
  })
})
