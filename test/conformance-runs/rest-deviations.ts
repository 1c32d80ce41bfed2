// Owns the list of recorded exchanges that are right to differ, each with the reason.

export const restDeviations: ReadonlyMap<string, string> = new Map([
  ['art-file-dots-encoded-slash', 'an escaped slash does not lead out of an artifact: the recorded server gave away a file beside it, which its notes call a weakness'],
])
