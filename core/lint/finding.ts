// Owns what lint tells: one finding with its place, how bad it is, and whether the reference would refuse the manifest for it.
import {
  keyPositionOf,
  positionOf,
  formatPath,
  type Manifest,
  type Path,
  type Position,
} from '@tiphys/core/spec'

export interface Finding extends Position {
  readonly file: string
  readonly severity: 'error' | 'warning'
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
  /** Where in the object, such as `spec.templates[2].dag`. */
  readonly path: string
  readonly object?: { readonly kind: string; readonly name: string } | undefined
  /** The reference refuses the manifest for this; otherwise the finding is our own. */
  readonly rejectedByReference: boolean
  /** What the reference says, where that differs from the message. */
  readonly referenceMessage?: string | undefined
}

/** A finding before its place is known as line and column. */
export interface Remark {
  readonly severity: 'error' | 'warning'
  readonly code: string
  readonly path: Path
  readonly message: string
  readonly hint?: string | undefined
  /** Show the key rather than the value. */
  readonly atKey?: boolean | undefined
}

/** Collects what the rules find in one object; each place keeps one finding of a kind. */
export interface Remarks {
  readonly all: Remark[]
  readonly error: (code: string, path: Path, message: string, hint?: string) => void
  readonly warning: (code: string, path: Path, message: string, hint?: string) => void
}

/** An object with more findings than this is shown with the first of them. */
export const remarksMax = 200

export function newRemarks(): Remarks {
  const all: Remark[] = []
  const seen = new Set<string>()
  const add = (remark: Remark): void => {
    const key = `${remark.code} ${remark.path.join(' ')} ${remark.message}`
    if (all.length >= remarksMax || seen.has(key)) return
    seen.add(key)
    // Walkers go on changing the path that they hand out.
    all.push({ ...remark, path: [...remark.path] })
  }
  return {
    all,
    error: (code, path, message, hint) => add({ severity: 'error', code, path, message, hint }),
    warning: (code, path, message, hint) => add({ severity: 'warning', code, path, message, hint }),
  }
}

export function objectOf(manifest: Manifest): { readonly kind: string; readonly name: string } {
  if (manifest.kind === 'other') return { kind: manifest.kindName, name: '' }
  const { name = '', generateName = '' } = manifest.object.metadata
  return { kind: manifest.kind, name: name === '' ? (generateName === '' ? `object #${manifest.document.index + 1}` : generateName) : name }
}

export function placeRemark(file: string, manifest: Manifest, remark: Remark, rejectedByReference: boolean): Finding {
  const place = remark.atKey === true ? keyPositionOf(manifest.document, remark.path) : positionOf(manifest.document, remark.path)
  const { severity, code, message, hint } = remark
  return { file, ...place, severity, code, message, hint, path: formatPath(remark.path), object: objectOf(manifest), rejectedByReference }
}
