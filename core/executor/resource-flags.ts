// Owns the flags of resource templates: the arguments of kubectl that can be meant in a manifest, and a clear word on all others.
import { type Result, bad, ok } from '@tiphys/core/kube'

export interface ResourceFlags {
  /** A kind, plural or short name, as kubectl takes them; with `name` when one object is meant. */
  readonly kind: string | undefined
  readonly name: string | undefined
  readonly namespace: string | undefined
  readonly ignoreNotFound: boolean
  /** Takes fields over from other managers. */
  readonly force: boolean
  readonly fieldManager: string | undefined
  readonly propagation: 'background' | 'foreground' | 'orphan' | undefined
  readonly gracePeriodSeconds: number | undefined
}

type Draft = { -readonly [K in keyof ResourceFlags]: ResourceFlags[K] }

const CASCADES: Readonly<Record<string, ResourceFlags['propagation']>> = { background: 'background', foreground: 'foreground', orphan: 'orphan', true: 'background', false: 'orphan' }

/** Flags with a value: what they set. False refuses the value. */
const VALUED: Readonly<Record<string, (draft: Draft, value: string) => boolean>> = {
  '--namespace': (draft, value) => set(draft, 'namespace', value),
  '-n': (draft, value) => set(draft, 'namespace', value),
  '--field-manager': (draft, value) => set(draft, 'fieldManager', value),
  '--grace-period': (draft, value) => /^-?\d{1,9}$/.test(value) && set(draft, 'gracePeriodSeconds', Number(value)),
  '--cascade': (draft, value) => CASCADES[value] !== undefined && set(draft, 'propagation', CASCADES[value]),
}

/** Switches, and which of them change nothing here: validation is the server's, output is not shown. */
const SWITCHES: Readonly<Record<string, (draft: Draft, on: boolean) => void>> = {
  '--ignore-not-found': (draft, on) => void set(draft, 'ignoreNotFound', on),
  '--force': (draft, on) => void set(draft, 'force', on),
  '--force-conflicts': (draft, on) => void set(draft, 'force', on),
  '--validate': () => undefined,
  '--server-side': () => undefined,
  '--wait': () => undefined,
  '--overwrite': () => undefined,
  '--record': () => undefined,
  '--save-config': () => undefined,
}

function set<K extends keyof Draft>(draft: Draft, key: K, value: Draft[K]): true {
  draft[key] = value
  return true
}

export function readFlags(flags: readonly string[]): Result<ResourceFlags> {
  const draft: Draft = {
    kind: undefined, name: undefined, namespace: undefined, ignoreNotFound: false, force: false, fieldManager: undefined, propagation: undefined, gracePeriodSeconds: undefined,
  }
  const words: string[] = []
  for (let i = 0; i < flags.length; i++) {
    const flag = flags[i] ?? ''
    if (!flag.startsWith('-')) {
      words.push(flag)
      continue
    }
    const equals = flag.indexOf('=')
    const [key, attached] = equals < 0 ? [flag, undefined] : [flag.slice(0, equals), flag.slice(equals + 1)]
    const valued = VALUED[key]
    if (valued !== undefined) {
      const value = attached ?? flags[++i]
      if (value === undefined || !valued(draft, value)) return refused(`the flag ${key} has no value that it can take`)
      continue
    }
    const toggle = SWITCHES[key]
    if (toggle === undefined) return refused(`the flag ${JSON.stringify(flag)} is not known here`)
    toggle(draft, attached !== 'false')
  }
  return named(draft, words)
}

/** `kind name` or `kind/name`. */
function named(draft: Draft, words: readonly string[]): Result<ResourceFlags> {
  const parts = words.flatMap((word) => word.split('/'))
  if (parts.length > 2 || parts.some((part) => part === '')) return refused(`one object is meant by ${JSON.stringify(words.join(' '))}: write KIND NAME`)
  const [kind, name] = parts
  return ok({ ...draft, kind, name })
}

function refused(message: string): Result<never> {
  const known = [...Object.keys(VALUED), ...Object.keys(SWITCHES)].filter((flag) => flag.startsWith('--')).sort()
  return bad('resource_flags', message, `known are ${known.join(', ')}, and the kind and name of an object`)
}
