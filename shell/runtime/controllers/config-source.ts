// Owns which configuration is in force: that of a file under that of a ConfigMap, each as it was last when it could be read.
import { type ConfigRead, type ControllerConfig, type WrittenConfig, configOf, defaultConfig } from '@tiphys/core/controllers'
import type { Tell } from './actions.ts'

export type ConfigPart = 'file' | 'object'

/** The order of the parts: fields of a later one replace those of an earlier one as a whole. */
const PARTS: readonly ConfigPart[] = ['file', 'object']
const NAMES: Readonly<Record<ConfigPart, string>> = { file: 'the configuration file', object: 'the ConfigMap of the configuration' }

export class ConfigSource {
  private readonly tell: Tell
  private readonly parts = new Map<ConfigPart, WrittenConfig>()
  private readonly listeners: ((config: ControllerConfig) => void)[] = []
  private value = defaultConfig()

  constructor(tell: Tell) {
    this.tell = tell
  }

  current(): ControllerConfig {
    return this.value
  }

  /** Calls back for every configuration that takes the place of another. */
  onChange(listener: (config: ControllerConfig) => void): void {
    this.listeners.push(listener)
  }

  /** Undefined: that part is gone. One that cannot be read is told, and what was there before stays. */
  set(part: ConfigPart, read: ConfigRead | undefined): boolean {
    if (read?.ok === false) return this.refuse(part, read)
    const next = new Map(this.parts)
    if (read === undefined) next.delete(part)
    else next.set(part, read.value.written)
    const merged = configOf(Object.assign({}, ...PARTS.map((name) => next.get(name))) as WrittenConfig)
    if (!merged.ok) return this.refuse(part, merged)
    if (read === undefined) this.parts.delete(part)
    else this.parts.set(part, read.value.written)
    if (JSON.stringify(merged.value.written) === JSON.stringify(this.value.written)) return true
    this.value = merged.value
    for (const listener of this.listeners) listener(merged.value)
    return true
  }

  private refuse(part: ConfigPart, { problems }: Extract<ConfigRead, { readonly ok: false }>): false {
    this.tell(`${NAMES[part]} cannot be used, what was there before stays: ${problemText(problems)}`)
    return false
  }
}

/** What is wrong with a configuration, for people. */
export function problemText(problems: Extract<ConfigRead, { readonly ok: false }>['problems']): string {
  return problems.map(({ path, message, hint }) => `${path === undefined ? '' : `${path}: `}${message}${hint === undefined ? '' : ` (${hint})`}`).join('; ')
}
