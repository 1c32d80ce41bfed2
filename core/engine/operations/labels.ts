// Owns the names of the labels and annotations that operations read and write on a Workflow.

const domain = 'workflows.argoproj.io'

export const completedLabel = `${domain}/completed`
export const phaseLabel = `${domain}/phase`
export const archivingStatusLabel = `${domain}/workflow-archiving-status`
export const resubmittedFromLabel = `${domain}/resubmitted-from-workflow`
export const creatorLabels = {
  subject: `${domain}/creator`,
  email: `${domain}/creator-email`,
  preferredUsername: `${domain}/creator-preferred-username`,
} as const
export const actorLabels = {
  subject: `${domain}/actor`,
  email: `${domain}/actor-email`,
  preferredUsername: `${domain}/actor-preferred-username`,
} as const
export const actionLabel = `${domain}/action`
export const podNameFormatAnnotation = `${domain}/pod-name-format`
