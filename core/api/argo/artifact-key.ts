// Owns where uploaded files lie, and which keys of clients may name one: no other place of the store is theirs to read.

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Why a key is none of an uploaded file of a namespace; undefined when it is one. */
export function uploadedKeyProblem(namespace: string, key: string): string | undefined {
  const shown = `artifact key ${JSON.stringify(key)}`
  const prefix = `uploads/${namespace}/`
  if (!key.startsWith(prefix)) return `${shown} must start with ${JSON.stringify(prefix)}`
  if (key.includes('..')) return `${shown} must not contain '..'`
  const parts = key.split('/')
  if (parts.some((part) => part === '' || part === '.')) return `${shown} is not in canonical form`
  const [, , id = ''] = parts
  if (parts.length !== 4) return `${shown} must have exactly 4 segments: uploads/{namespace}/{uuid}/{filename}`
  if (UUID.test(id)) return undefined
  return `${shown} must have a valid UUID segment: ${id.length === 36 ? 'invalid UUID format' : `invalid UUID length: ${id.length}`}`
}
