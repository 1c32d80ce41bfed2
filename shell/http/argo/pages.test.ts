// What is answered outside the API.
import { expect, it } from 'vitest'
import { pageAnswer } from './pages.ts'

const options = { baseHref: '/', xFrameOptions: 'DENY', allowOrigin: '', strictTransport: false, page: () => '<base href="/">page' }
const visit = (path: string) => pageAnswer(options, { method: 'GET', path, search: '' })

it('whether the server lives is told as it is on the port of the Kubernetes API, and the page is shown elsewhere', () => {
  for (const path of ['/healthz', '/livez', '/readyz']) expect(visit(path)).toMatchObject({ status: 200, body: 'ok', headers: { 'X-Frame-Options': 'DENY' } })
  expect(visit('/health')).toMatchObject({ status: 200, body: '<base href="/">page' })
})
