// Owns the chance in property tests: the same cases on every machine, others on request.
import fc from 'fast-check'

const SEED = 20_260
const asked = process.env['TIPHYS_TEST_SEED']

// A check that fails on one machine in twenty says nothing about the change that it is shown for. `TIPHYS_TEST_SEED=random` looks further.
if (asked !== 'random') fc.configureGlobal({ seed: asked === undefined ? SEED : Number(asked) })
