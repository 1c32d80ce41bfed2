// Owns the list of recorded exchanges that are right to differ, each with the reason.

const LOOKS_AGAIN = 'the recorded server tells progress and conditions anew only when its controller changes something else too; here they are always those of the nodes'
const POD_OF_OTHERS = 'pods belong to steps here: nobody can put one beside them that would print as an event source or a sensor'

export const restDeviations: ReadonlyMap<string, string> = new Map([
  ['art-file-dots-encoded-slash', 'an escaped slash does not lead out of an artifact: the recorded server gave away a file beside it, which its notes call a weakness'],
  ['wf-list-label-gt', 'selectors compare labels as Kubernetes does, archived ones too; the database of the recorded server could not'],
  ['event-sources-logs', POD_OF_OTHERS],
  ['event-sources-logs-grep', POD_OF_OTHERS],
  ['sensors-logs', POD_OF_OTHERS],
  ['sensors-logs-grep', POD_OF_OTHERS],
  ['left-stop-message', LOOKS_AGAIN],
  ['left-resume-selector', LOOKS_AGAIN],
  ['left-terminate-held', 'a workflow that is terminated ends, although it was suspended before it began; the recorded one would wait for ever'],
  ['left-set-outputs', 'the message of a node gets no semicolon with nothing behind it when nobody is known to have resumed it'],
  ['left-delete-finalizer', 'a deleted workflow is ended while finalizers hold it, and says since when it waits for them, as on a cluster'],
])
