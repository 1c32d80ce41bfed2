// Owns the list of recorded runs that are right to differ, each with the reason.

/** By id of the run. */
export const deviations: ReadonlyMap<string, string> = new Map([
])
