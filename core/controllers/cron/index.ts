// Owns what other folders of controllers and the shell may use of cron workflows.
export { CRON_LABEL, childName, childOf } from './child.ts'
export { type Due, type Moment, LATE_MAX_MS, dueTicks, isNewSchedule } from './due.ts'
export { type Child, beyondHistory, followChildren } from './reconcile.ts'
export { COMPLETED_LABEL, withCondition, withoutCondition } from './status.ts'
export { scheduleText } from './timetable.ts'
export { type Submitted, type TickDecision, type TickFacts, decideTick, noteSubmitted, resumeTick } from './tick.ts'
