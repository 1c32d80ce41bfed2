// Owns what the server tells about itself and about whoever asks.
import type { JsonObject } from '@tiphys/core/kube'
import { answered } from './answer.ts'
import type { ArgoOperations } from './services.ts'

/** The version of the API that clients may expect: some of them look at it. */
export const ARGO_VERSION = 'v4.1.2'

function versionInfo(version: string): JsonObject {
  return {
    version: ARGO_VERSION, buildDate: '1970-01-01T00:00:00Z', gitCommit: `tiphys-${version}`, gitTag: ARGO_VERSION, gitTreeState: 'clean', goVersion: 'go0', compiler: 'node',
    platform: `${process.platform}/${process.arch}`,
  }
}

export const infoOperations: ArgoOperations = {
  GetInfo: async (_call, { info }) => {
    const { links, columns, navColor, managedNamespace } = info()
    return answered({
      ...(managedNamespace !== '' && { managedNamespace }), ...(links.length > 0 && { links }), modals: { feedback: true, firstTimeUser: true, newVersion: true },
      ...(navColor !== '' && { navColor }), ...(columns.length > 0 && { columns }),
    })
  },
  GetVersion: async (_call, { version }) => answered(versionInfo(version)),
  GetUserInfo: async ({ caller }) => answered(caller.subject === '' ? {} : { subject: caller.subject }),
  // What people look at is nobody's business: it is taken and forgotten.
  CollectEvent: async () => answered({}),
}
