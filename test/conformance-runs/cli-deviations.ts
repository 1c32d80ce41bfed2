// The recorded invocations that end otherwise here, each with the reason.

export const cliDeviations: ReadonlyMap<string, string> = new Map([
  ['list-chunks', 'all pages are listed, in the order of lists; the reference ends after the first page, as its server tells of no further one'],
])
