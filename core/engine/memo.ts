// Memoization: outputs of an earlier call with the same key, looked up before a node starts and saved when it succeeds (MEMO-1 … MEMO-4).
import type { Outputs } from '@tiphys/core/spec'
import { parseGoDuration } from '@tiphys/core/kube'
import type { CacheEntry, Frame, RunNode, Turn, UnixMs } from './model.ts'
import { createCallNode, setPhase, touch } from './nodes.ts'
import { flagOfFrame, nodeTypeOf } from './call.ts'

type Lookup = { readonly kind: 'go' } | { readonly kind: 'error'; readonly message: string }

export const GO: Lookup = { kind: 'go' }

const KEY = /^[a-zA-Z0-9][-a-zA-Z0-9]*$/

/** Finishes the frame's node at once when the cache has a fresh entry for its key. */
export function lookUpCache(turn: Turn, frame: Frame): Lookup {
  const { memoize } = frame.template
  if (memoize === undefined) return GO
  const cacheName = memoize.cache?.configMap?.name ?? ''
  const entry = loadEntry(turn, cacheName, memoize.key)
  if (!entry.ok) return { kind: 'error', message: entry.message }
  const fresh = isFresh(turn, entry.entry, memoize.maxAge)
  if (!fresh.ok) return { kind: 'error', message: fresh.message }
  if (!fresh.hit || entry.entry === undefined) return GO
  const node = frame.node ?? createCallNode(turn, frame.call, { type: nodeTypeOf(turn, frame), phase: 'Pending', flag: flagOfFrame(frame) })
  frame.node = node
  node.inputs = frame.inputs
  node.memo = { hit: true, key: memoize.key, cacheName }
  node.outputs = entry.entry.outputs
  setPhase(turn, node, 'Succeeded')
  return GO
}

type Loaded = { readonly ok: true; readonly entry: CacheEntry | undefined } | { readonly ok: false; readonly message: string }

function loadEntry(turn: Turn, cacheName: string, key: string): Loaded {
  if (!KEY.test(key)) return { ok: false, message: `invalid cache key: ${key}` }
  const saved = turn.run.saved.get(`${cacheName}/${key}`)
  if (saved !== undefined) return { ok: true, entry: saved }
  const map = turn.world.catalog.configMap(turn.run.namespace, cacheName)
  if (map === undefined) return { ok: true, entry: undefined }
  if (map.metadata?.labels?.['workflows.argoproj.io/configmap-type'] !== 'Cache') {
    return { ok: false, message: `failed to load from cache, configmap ${cacheName} is not labelled workflows.argoproj.io/configmap-type: Cache` }
  }
  const text = map.data?.[key]
  return text === undefined || text === '' ? { ok: true, entry: undefined } : parseEntry(text)
}

function parseEntry(text: string): Loaded {
  const malformed: Loaded = { ok: false, message: 'malformed cache entry: could not unmarshal JSON; unable to parse' }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return malformed
  }
  if (typeof value !== 'object' || value === null) return malformed
  const { nodeID, outputs, creationTimestamp } = value as { nodeID?: unknown; outputs?: Outputs | null; creationTimestamp?: unknown }
  const createdAt = typeof creationTimestamp === 'string' ? Date.parse(creationTimestamp) : Number.NaN
  return { ok: true, entry: { nodeId: String(nodeID ?? ''), outputs: outputs ?? undefined, createdAt: Number.isNaN(createdAt) ? 0 : createdAt } }
}

function isFresh(turn: Turn, entry: CacheEntry | undefined, maxAge: string | undefined): { ok: true; hit: boolean } | { ok: false; message: string } {
  if (maxAge === undefined || maxAge === '') return { ok: true, hit: entry !== undefined && entry.nodeId !== '' }
  const age = parseGoDuration(maxAge)
  if (!age.ok) return { ok: false, message: `invalid maxAge: ${age.problem.message}` }
  if (entry === undefined || entry.nodeId === '') return { ok: true, hit: false }
  return { ok: true, hit: turn.at - entry.createdAt <= Number(age.value / 1_000_000n) }
}

/** Saves a succeeded node's outputs, even when it has none. */
export function saveCache(turn: Turn, node: RunNode): void {
  const { memo } = node
  if (memo === undefined || memo.hit || node.phase !== 'Succeeded') return
  turn.run.saved.set(`${memo.cacheName}/${memo.key}`, { nodeId: node.id, outputs: node.outputs, createdAt: turn.at })
  pushSave(turn, node, { cacheName: memo.cacheName, key: memo.key, at: turn.at })
  touch(turn, node)
}

function pushSave(turn: Turn, node: RunNode, to: { cacheName: string; key: string; at: UnixMs }): void {
  turn.effects.push({ type: 'saveCache', key: `cache ${node.id}`, configMap: to.cacheName, cacheKey: to.key, node: node.id, outputs: node.outputs, at: to.at })
}

/** Knows again what this run had saved before a restart, and saves what nobody has: whoever saved it may have died before. */
export function saveAgain(turn: Turn): void {
  const { run, world } = turn
  for (const node of run.nodes.values()) {
    const { memo, finishedAt } = node
    if (memo === undefined || memo.hit || node.phase !== 'Succeeded' || finishedAt === undefined || finishedAt < run.createdAt) continue
    const { cacheName, key } = memo
    run.saved.set(`${cacheName}/${key}`, { nodeId: node.id, outputs: node.outputs, createdAt: finishedAt })
    if (world.catalog.configMap(run.namespace, cacheName)?.data?.[key] === undefined) pushSave(turn, node, { cacheName, key, at: finishedAt })
  }
}
