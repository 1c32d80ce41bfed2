// Checks who has signed a request without credentials.
import { createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { KubeStore } from '../kube-store.ts'
import { hasSigned, webhookCaller } from './webhook.ts'

const BODY = '{"ref":"main"}'
const hmac = (secret: string, text = BODY): string => `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`

describe('signatures', () => {
  it.each<[string, IncomingHttpHeaders]>([
    ['github', { 'x-github-event': 'push', 'x-hub-signature-256': hmac('shh') }],
    ['gitlab', { 'x-gitlab-event': 'Push Hook', 'x-gitlab-token': 'shh' }],
    ['bitbucket', { 'x-event-key': 'repo:push', 'x-hook-uuid': 'shh' }],
    ['bitbucketserver', { 'x-event-key': 'repo:refs_changed', 'x-hub-signature': hmac('shh') }],
  ])('EVENT-7 of %s count by their secret, over the whole body, with the name of an event', (type, headers) => {
    expect(hasSigned({ type, secret: 'shh' }, headers, BODY)).toBe(true)
    expect(hasSigned({ type, secret: 'other' }, headers, BODY)).toBe(false)
    expect(hasSigned({ type: 'unknown', secret: 'shh' }, headers, BODY)).toBe(false)
    if (type.endsWith('hub') || type.endsWith('server')) expect(hasSigned({ type, secret: 'shh' }, headers, `${BODY} `)).toBe(false)
    const [event = ''] = Object.keys(headers)
    expect(hasSigned({ type, secret: 'shh' }, { ...headers, [event]: undefined }, BODY)).toBe(false)
  })

  it('EVENT-8 of clients without a secret never count', () => {
    expect(hasSigned({ type: 'github', secret: '' }, { 'x-github-event': 'push', 'x-hub-signature-256': hmac('') }, BODY)).toBe(false)
    expect(hasSigned({ type: 'gitlab', secret: '' }, { 'x-gitlab-event': 'Push Hook', 'x-gitlab-token': '' }, BODY)).toBe(false)
  })
})

describe('callers', () => {
  const signed = { 'x-github-event': 'push', 'x-hub-signature-256': hmac('shh') }

  function callerOf(headers: IncomingHttpHeaders, clients: Readonly<Record<string, string>> | undefined, accounts: readonly string[] = ['robot']) {
    const there = (found: object | undefined) => (found === undefined ? { ok: false, problem: { code: 'not_found', message: '' } } : { ok: true, value: found })
    const get = async ({ type, name }: { readonly type: { readonly kind: string }; readonly name: string }) => {
      if (type.kind !== 'Secret') return there(accounts.includes(name) ? {} : undefined)
      return there(clients && { data: Object.fromEntries(Object.entries(clients).map(([key, text]) => [key, Buffer.from(text).toString('base64')])) })
    }
    return webhookCaller({ request: { headers }, text: BODY, namespace: 'play' }, { storeOf: () => ({ get }) as unknown as KubeStore })
  }
  const clients = { other: '{type: gitlab, secret: shh}', robot: 'type: github\nsecret: shh' }

  it('EVENT-7 are the service accounts whose clients signed', async () => {
    expect(await callerOf(signed, clients)).toEqual({ ok: true, caller: { subject: 'system:serviceaccount:play:robot', readOnly: false, namespaces: ['play'] } })
    expect(await callerOf(signed, clients, [])).toEqual({ ok: false })
  })

  it('EVENT-7 are nobody when nobody signed, and refused where nobody could', async () => {
    expect(await callerOf({}, clients)).toEqual({ ok: true, caller: undefined })
    expect(await callerOf(signed, undefined)).toEqual({ ok: false })
    expect(await callerOf(signed, { robot: 'type: [' })).toEqual({ ok: false })
  })

  it('EVENT-7 are not asked for when a request brings credentials', async () => {
    expect(await callerOf({ authorization: 'Bearer x' }, undefined)).toEqual({ ok: true, caller: undefined })
  })
})
