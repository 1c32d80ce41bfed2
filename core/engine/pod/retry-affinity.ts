// Owns keeping a retry away from the hosts on which earlier attempts failed.
import type { Affinity, NodeSelectorRequirement, NodeSelectorTerm } from '@tiphys/core/spec'

/** The affinity with one more demand: a host whose label is none of `hosts`. Joins a demand of that kind if there is one. */
export function awayFromHosts(affinity: Affinity | undefined, label: string, hosts: readonly string[]): Affinity | undefined {
  const unique = [...new Set(hosts)]
  if (label === '' || unique.length === 0) return affinity
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const nodeSelectorTerms = terms.length === 0 ? [{ matchExpressions: [notIn(label, unique)] }] : joined(terms, label, unique)
  return { ...affinity, nodeAffinity: { ...affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } }
}

function notIn(key: string, values: readonly string[]): NodeSelectorRequirement {
  return { key, operator: 'NotIn', values }
}

/** Goes into the first term without expressions or with a demand on the same label, else into the first term. */
function joined(terms: readonly NodeSelectorTerm[], label: string, hosts: readonly string[]): NodeSelectorTerm[] {
  const sameLabel = (one: NodeSelectorRequirement): boolean => one.key === label && one.operator === 'NotIn'
  const at = Math.max(0, terms.findIndex((term) => (term.matchExpressions ?? []).length === 0 || term.matchExpressions?.some(sameLabel)))
  return terms.map((term, index) => {
    if (index !== at) return term
    const expressions = term.matchExpressions ?? []
    const known = expressions.findIndex(sameLabel)
    if (known < 0) return { ...term, matchExpressions: [...expressions, notIn(label, hosts)] }
    const merged = expressions.map((one, i) => (i === known ? { ...one, values: [...new Set([...(one.values ?? []), ...hosts])] } : one))
    return { ...term, matchExpressions: merged }
  })
}
