// The public face of the terminal: a live region, the views drawn in it, and their plain counterparts for pipes.
export { type Frame, NO_FRAME, type Size, erase, redraw } from './frame.ts'
export { type LiveRegion, type Screen, type Timers, openLiveRegion } from './live.ts'
export { processTimers, screenOf } from './screen.ts'
export { type Surroundings, localClock, lookFor } from './look.ts'
export { NOTHING_TOLD, type ProgressOptions, type Told, progressLines, shortName } from './progress.ts'
export { CAUSES_SHOWN_MAX, type SummaryOptions, failureCauses, workflowSummary } from './summary.ts'
export { type ViewOptions, workflowView } from './view.ts'
export { cutToWidth, displayWidth, padToWidth } from './width.ts'
