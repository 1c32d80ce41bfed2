// Owns putting the Kubernetes API together: its kinds, who may call, and the door.
import type { RequestListener } from 'node:http'
import { systemClock } from '@tiphys/shell/adapters/system'
import { Access, type StoreOf, createKubeHandler, tokenSigner } from '@tiphys/shell/http'
import type { LogStore, ObjectStore } from '@tiphys/shell/ports'
import { VERSION } from '../release.ts'
import { makeDefaultRoles } from './cluster-roles.ts'
import type { CustomKinds } from './custom-kinds.ts'
import { type ServerPlace, signingKey } from './place.ts'

export interface KubeSetting {
  readonly place: ServerPlace
  /** Whoever has it may do everything. */
  readonly token: string
  readonly objects: ObjectStore
  readonly storeOf: StoreOf
  readonly kinds: CustomKinds
  readonly logs: LogStore
  /** The certificate of the authority, as PEM. */
  readonly authority: string
  readonly hosts: readonly string[]
  readonly hasNamespace: (name: string) => Promise<boolean>
  readonly onTrouble: (error: unknown) => void
}

export interface KubeApi {
  readonly handler: RequestListener
  /** Who calls and what they may do, for the other APIs of the server. */
  readonly access: Access
}

export async function openKube({ place, token, objects, kinds, ...setting }: KubeSetting): Promise<KubeApi> {
  const now = (): number => systemClock.now()
  const signer = tokenSigner(signingKey(place))
  await makeDefaultRoles(objects)
  const access = new Access({ token, signer, storeOf: setting.storeOf, now })
  return { access, handler: createKubeHandler({ ...setting, resources: () => kinds.all(), access, signer, version: VERSION, now }) }
}
