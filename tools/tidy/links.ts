// Checks that relative links in Markdown lead to a file, and to a heading when they name one.
import { posix } from 'node:path'
import type { Finding, Project } from './project.ts'

const link = /\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g
const absolute = /^[a-z][a-z0-9+.-]*:/i

export function checkLinks(project: Project): Finding[] {
  const folders = foldersOf(project)
  const findings: Finding[] = []
  for (const [path, text] of project.files) {
    if (!path.endsWith('.md')) continue
    for (const [i, line] of withoutCode(text).entries()) {
      for (const [, target = ''] of line.matchAll(link)) {
        const problem = absolute.test(target) ? undefined : problemOf(project, folders, { path, target })
        if (problem === undefined) continue
        findings.push({ path, line: i + 1, level: 'error', rule: 'link', what: `the link "${target}" ${problem}`, mend: 'mend or remove it' })
      }
    }
  }
  return findings
}

function problemOf(project: Project, folders: ReadonlySet<string>, { path, target }: { path: string; target: string }): string | undefined {
  if (target.startsWith('/')) return 'begins at the root of the disk'
  const [file = '', heading] = target.split('#')
  const aim = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), decodeURI(file))).replace(/\/$/, '')
  const text = project.files.get(aim)
  if (text === undefined) return folders.has(aim) ? undefined : 'leads to no file'
  if (heading === undefined || !aim.endsWith('.md') || headingsOf(text).has(heading)) return undefined
  return `names no heading of ${aim}`
}

function foldersOf(project: Project): Set<string> {
  const folders = new Set<string>(['.'])
  for (const path of project.files.keys()) {
    for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) folders.add(folder)
  }
  return folders
}

function headingsOf(text: string): Set<string> {
  const slugs = new Set<string>()
  for (const line of withoutCode(text, false)) {
    const title = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1]
    if (title === undefined) continue
    const slug = title.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-')
    let unique = slug
    for (let n = 1; slugs.has(unique); n += 1) unique = `${slug}-${n}`
    slugs.add(unique)
  }
  return slugs
}

/** Lines with fenced blocks emptied, and inline code blanked unless asked otherwise; links inside code are text. */
function withoutCode(text: string, inlineToo = true): string[] {
  let fence = ''
  return text.split('\n').map((line) => {
    const mark = /^\s*(```+|~~~+)/.exec(line)?.[1] ?? ''
    if (fence !== '') {
      if (mark.startsWith(fence)) fence = ''
      return ''
    }
    fence = mark
    if (mark !== '') return ''
    return inlineToo ? line.replace(/`[^`]*`/g, (code) => ' '.repeat(code.length)) : line
  })
}
