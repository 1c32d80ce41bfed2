// Owns addresses of names that are known without asking anyone: addresses themselves, and what the machine's hosts file says.
import { readFileSync, statSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { Hosted } from '@tiphys/core/expr'

const FILE = process.platform === 'win32' ? join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'drivers', 'etc', 'hosts') : '/etc/hosts'
const FILE_BYTES_MAX = 1024 * 1024

/** The first address of a name. Others would have to be asked for, and an expression cannot wait for the answer. */
export function addressOf(name: string, file: string = FILE): Hosted<string> {
  if (isIP(name) !== 0) return { ok: true, value: name }
  const wanted = name.replace(/\.$/, '').toLowerCase()
  const address = wanted === '' ? undefined : find(readHosts(file), wanted)
  if (address !== undefined) return { ok: true, value: address }
  const message = `getHostByName: "${name}" is neither an address nor a name in ${file}, and expressions do not ask the network, which may take long: look it up in a step, for example with getent hosts, and use its output`
  return { ok: false, message }
}

function find(lines: readonly string[], wanted: string): string | undefined {
  for (const line of lines) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (isIP(address) !== 0 && names.some((name) => name.replace(/\.$/, '').toLowerCase() === wanted)) return address
  }
  return undefined
}

/** A file that cannot be read, or is no hosts file by its size, names nobody. */
function readHosts(file: string): readonly string[] {
  try {
    return statSync(file).size > FILE_BYTES_MAX ? [] : readFileSync(file, 'utf8').split('\n')
  } catch {
    return []
  }
}
