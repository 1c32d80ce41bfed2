// Proves that a dependency which only tests import, or nobody, is noticed in what ships.
import { expect, it } from 'vitest'
import { projectOf } from './project.ts'
import { checkUnused } from './unused.ts'

it('notices dependencies that nothing shipped imports', () => {
  const manifest = '{\n"dependencies": {\n"yaml": "1.0.0",\n"libsql": "1.0.0"\n}, "devDependencies": { "vitest": "1.0.0" } }'
  const project = projectOf({ 'core/package.json': manifest, 'core/spec/a.test.ts': "import 'yaml'", 'shell/adapters/sqlite/open.ts': "const m = await import('libsql')" })
  expect(checkUnused(project).map((finding) => `${finding.path}:${finding.line} ${finding.what}`)).toEqual(['core/package.json:3 nothing that ships imports "yaml"'])
})
