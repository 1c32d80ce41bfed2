// Owns the paths of artifacts: made clean, kept from escaping their folder, and found inside mounts.
import { cleanPath } from '@tiphys/core/kube'
import type { VolumeMount } from '@tiphys/core/spec'

/**
 * The clean path of an artifact, or undefined if its `..` lead out of the folder in front of them, which is how
 * a value from elsewhere would reach places that the template's author did not mean.
 */
export function safeArtifactPath(path: string): string | undefined {
  const cut = path.indexOf('/../')
  const safe = cut >= 0 ? path.slice(0, cut) : path.endsWith('/..') ? path.slice(0, -3) : ''
  const clean = cleanPath(path)
  if (safe !== '' && (!clean.startsWith(`${safe}/`) || clean.length <= safe.length + 1)) return undefined
  return clean
}

/** The deepest mount that holds a path. */
export function overlappingMount(mounts: readonly VolumeMount[], path: string): VolumeMount | undefined {
  let found: VolumeMount | undefined
  for (const mount of mounts) {
    if (isWithin(mount.mountPath, path) && mount.mountPath.length > (found?.mountPath.length ?? -1)) found = mount
  }
  return found
}

function isWithin(base: string, path: string): boolean {
  const folder = cleanPath(base)
  const target = cleanPath(path)
  if (target === folder || folder === '/') return target.startsWith('/') === folder.startsWith('/')
  return target.startsWith(`${folder}/`)
}
