// Owns how a run's number and a record's number make the key of a row in the log.
import { runLogLimits } from '@tiphys/shell/ports'

/** The key of a log row is the run's number times this, plus a record's number. */
export const seqSpan = runLogLimits.recordsMax + 1

/** Runs beyond this number would have keys above 2^53. */
export const runsMax = 2 ** 29
