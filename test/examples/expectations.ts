// Owns what each file of examples/ must do when it is run: how the program ends and what the steps say.

/** A part of the machine that an example needs; where it is absent the test reports itself as skipped. */
export type Need = 'python3' | 'private view of paths'

export type Expectation = {
  /** The exit code of the program: 0 when the workflow succeeds. */
  readonly exitCode: 0 | 1
  /** Texts that steps must print, in any order. */
  readonly says: readonly string[]
  /** Texts that the program itself must print; it is run for the examples that have them. */
  readonly programSays?: readonly string[]
  /** Texts that nobody must print. */
  readonly neverSays?: readonly string[]
  /** Pieces that steps must print, in this order; anything may stand between them. */
  readonly order?: RegExp
  readonly needs?: Need
}

const paths = { needs: 'private view of paths' } as const

/** By file name without its ending. */
export const expectations: Readonly<Record<string, Expectation>> = {
  'artifacts': { exitCode: 0, says: ['rocks ahead', 'calm water', 'from the harbour master'], ...paths },
  'conditionals': { exitCode: 0, says: ['setting sail', 'sailing Succeeded, time to reef'], neverSays: ['rowing'] },
  'container-set': { exitCode: 0, says: ['tarred', 'planks'], ...paths },
  'continue-on': { exitCode: 0, says: ['the scout Failed, sailing on'] },
  'daemon': { exitCode: 0, says: ['the light is on'], programSays: ['lighthouse', '✔'] },
  'dag-depends': { exitCode: 0, says: ['repairing the build', 'build Failed with exit code 3'], neverSays: ['the build passed'] },
  'dag-diamond': { exitCode: 0, says: ['working on test', 'working on lint'], order: /working on build[^]*working on (?:test|lint)[^]*working on publish/ },
  'data-template': { exitCode: 0, says: ['monday.log: written by monday.log', 'tuesday.log: written by tuesday.log'], neverSays: ['notes.txt: written'], ...paths },
  'exit-handler': { exitCode: 1, says: ['the mast broke', 'the workflow ended: Failed', 'repairing the mast'] },
  'expressions': { exitCode: 0, says: ['25 oars a side', 'elders: Lynceus, Nestor', 'a large ship', 'HELLO'] },
  'failure': { exitCode: 1, says: ['the hull leaks'], programSays: ['the hull leaks', 'launch', '42'], neverSays: ['this does not happen'] },
  'hello-world': { exitCode: 0, says: ['hello world'], programSays: ['✔', 'Succeeded'] },
  'hooks': { exitCode: 0, says: ['workflow Succeeded'], order: /rowing[^]*resting after the row[^]*singing/ },
  'http': { exitCode: 0, says: ['the harbour answered welcome Argo'] },
  'loops': { exitCode: 0, says: ['crew: Atalanta', 'crew: Lynceus', 'bench 01', 'bench 03', '2 days in Iolcus', '30 days in Colchis'] },
  'map-reduce': { exitCode: 0, says: ['sum of squares: 30'] },
  'memoize': { exitCode: 0, says: ['drawn once'], ...paths },
  'mutex': { exitCode: 0, says: [], order: /(\w+) enters[^]*\1 leaves[^]*(?!\1)(\w+) enters[^]*\2 leaves[^]*(\w+) enters[^]*\3 leaves/ },
  'output-parameters': { exitCode: 0, says: ['12 fathoms, unknown ground'], ...paths },
  'parallelism': { exitCode: 0, says: ['bench 0 has rowed', 'bench 5 has rowed'] },
  'parameters': { exitCode: 0, says: ['Ahoy, Jason of parameters-'] },
  'recursion': { exitCode: 0, says: [], neverSays: ['0 fathoms left'], order: /3 fathoms left[^]*2 fathoms left[^]*1 fathoms left/ },
  'retry': { exitCode: 0, says: ['landed on attempt 2'] },
  'script-node': { exitCode: 0, says: ['Tiphys backwards is syhpiT'] },
  'script-python': { exitCode: 0, says: ['the: 3', 'ship: 2'], needs: 'python3' },
  'script-shell': { exitCode: 0, says: ['the sum is 15'] },
  'sidecar': { exitCode: 0, says: ['the sidecar says: land in sight'] },
  'steps': { exitCode: 0, says: ['rowing on the starboard side'], order: /loading the ship[^]*rowing on the port side[^]*landing/ },
  'suspend': { exitCode: 0, says: [], order: /waiting for wind[^]*the wind is back/ },
  'timeout': { exitCode: 0, says: ['listening Failed'] },
  'volumes': { exitCode: 0, says: ['the golden fleece'], ...paths },
  'workflow-template': { exitCode: 0, says: [], order: /building the hull of pine[^]*building the prow of oak of Dodona/ },
}
