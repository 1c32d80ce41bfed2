// Owns cluster roles as objects: those that every server has, and those that gather the rules of others.
import { defaultRoles, gathers, resourceOfKind } from '@tiphys/core/api'
import { type JsonObject, compareText, jsonEqual, labelSelectorOf, matchesLabels } from '@tiphys/core/kube'
import type { KubeStore } from '@tiphys/shell/http'
import type { KubeObject, ObjectStore, StoredObject } from '@tiphys/shell/ports'

const ROLES = resourceOfKind('ClusterRole')
const PAGE = 500
/** A role that gathers can be gathered itself: each round carries rules one step further. */
const ROUNDS_MAX = 10

type Role = StoredObject & { readonly rules?: readonly JsonObject[] }

/** Makes the roles and bindings that are missing. What somebody changed stays as it is. */
export async function makeDefaultRoles(objects: ObjectStore): Promise<void> {
  // Writes of one moment share a commit.
  const made = await Promise.all(defaultRoles.map((object) => objects.create(resourceOfKind(String(object['kind'])), object as unknown as KubeObject)))
  for (const one of made) if (!one.ok && one.problem.code !== 'already_exists') throw new Error(one.problem.message)
  await gatherRules(objects)
}

/** A store that keeps gathered rules up to date with every write. */
export function clusterRoleStore(objects: KubeStore): KubeStore {
  const gathered = async <T extends { readonly ok: boolean }>(result: T, dryRun: boolean | undefined): Promise<T> => {
    if (result.ok && dryRun !== true) await gatherRules(objects)
    return result
  }
  return {
    get: (key) => objects.get(key), list: (query) => objects.list(query), watch: (query) => objects.watch(query),
    create: async (type, object, options) => gathered(await objects.create(type, object, options), options?.dryRun),
    update: async (type, object, options) => gathered(await objects.update(type, object, options), options?.dryRun),
    delete: async (key, options) => gathered(await objects.delete(key, options), options?.dryRun),
  }
}

async function gatherRules(objects: Pick<KubeStore, 'list' | 'update'>): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const roles = await allRoles(objects)
    let changed = false
    for (const role of roles) {
      const rules = rulesFor(role, roles)
      if (rules === undefined || jsonEqual([...rules], [...(role.rules ?? [])])) continue
      await objects.update(ROLES, { ...role, rules } as KubeObject)
      changed = true
    }
    if (!changed) return
  }
}

/** Undefined for a role that has rules of its own. */
function rulesFor(role: Role, roles: readonly Role[]): readonly JsonObject[] | undefined {
  const selectors = gathers(role as unknown as JsonObject)?.map((selector) => labelSelectorOf(selector as Parameters<typeof labelSelectorOf>[0]))
  if (selectors === undefined) return undefined
  const chosen = roles.filter(({ metadata }) => metadata.uid !== role.metadata.uid && selectors.some((selector) => selector.ok && matchesLabels(selector.value, metadata.labels)))
  const found = new Map<string, JsonObject>()
  for (const { rules = [] } of chosen.toSorted((a, b) => compareText(a.metadata.name, b.metadata.name))) for (const rule of rules) found.set(JSON.stringify(rule), rule)
  return [...found.values()]
}

async function allRoles(objects: Pick<KubeStore, 'list'>): Promise<readonly Role[]> {
  const found: Role[] = []
  let token: string | undefined
  do {
    const page = await objects.list({ type: ROLES, limit: PAGE, ...(token !== undefined && { continue: token }) })
    if (!page.ok) return found
    found.push(...(page.value.objects as readonly Role[]))
    token = page.value.continue
  } while (token !== undefined)
  return found
}
