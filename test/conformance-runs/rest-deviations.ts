// Owns the list of recorded exchanges that are right to differ, each with the reason.

export const restDeviations: ReadonlyMap<string, string> = new Map([])
