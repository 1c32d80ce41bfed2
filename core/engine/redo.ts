// Effects that a process may have died before: asked for again when a run is taken up, because no node under way asks for them by itself.
import type { Turn } from './model.ts'
import { endAgain } from './ending.ts'
import { saveAgain } from './memo.ts'
import { givesClaimsBack } from './conclude.ts'

/** Asks for them again. All of them are harmless when they were carried out before. */
export function redo(turn: Turn): void {
  if (turn.run.nodes.size === 0) return
  endAgain(turn)
  saveAgain(turn)
  if (turn.run.status.completed) deleteClaimsAgain(turn)
}

function deleteClaimsAgain(turn: Turn): void {
  const { run } = turn
  const templates = run.spec.volumeClaimTemplates ?? []
  if (templates.length === 0 || !givesClaimsBack(run)) return
  turn.effects.push({ type: 'deleteClaims', key: 'claims', names: templates.map(({ metadata }) => `${run.name}-${metadata?.name ?? ''}`) })
}
