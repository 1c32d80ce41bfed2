// Owns what other folders may use of Kubernetes object semantics.
export { type Problem, type Result, bad, ok } from './result.ts'
export { compareText, eachUtf8Byte, truncateUtf8, utf8Length } from './text.ts'
export { fnv1a32 } from './hash.ts'
export { type PodNameInput, type PodNameVersion, nodeId, podName } from './node-name.ts'
export { formatDuration, nsToMs, parseDuration, parseGoDuration } from './duration.ts'
export {
  type Quantity,
  type QuantityFormat,
  addQuantity,
  compareQuantity,
  formatQuantity,
  parseQuantity,
  quantityMilli,
  quantityOf,
  quantityOfMilli,
  quantityValue,
  subtractQuantity,
} from './quantity.ts'
export { formatGoFloat } from './go-float.ts'
export { type GoTime, GO_STRING_LAYOUT, RFC3339, RFC3339_NANO, civilOf, formatGoTime, goTimeFromMs, goTimeToMs, rfc3339 } from './go-time.ts'
export { cleanPath } from './clean-path.ts'
export { parseGoTime } from './go-time-parse.ts'
export {
  type CivilDate,
  type CivilTime,
  civilFromDays,
  civilFromSeconds,
  dayOfYear,
  daysFromCivil,
  daysInMonth,
  isLeapYear,
  secondsFromCivil,
  weekday,
} from './calendar.ts'
export { goJson, goJsonNumber, goJsonString } from './go-json.ts'
export { JSON_DEPTH_MAX, compactJson, decodeJsonString, escapeJsonHtml, jsonElements, jsonMembers, jsonProblem } from './json-text.ts'
export { humanDuration, roughDuration, shortDuration } from './human-duration.ts'
export { type Json, type JsonObject, isJsonArray, isJsonObject, jsonEqual, member, objectOf } from './json-value.ts'
export {
  CONTAINER_MERGE,
  type MergeField,
  type MergeSchema,
  OBJECT_META_MERGE,
  POD_SPEC_MERGE,
  TEMPLATE_MERGE,
  WORKFLOW_MERGE,
  WORKFLOW_SPEC_MERGE,
  kindMergeSchema,
  schemaBelow,
} from './merge-schema.ts'
export { MERGE_DEPTH_MAX, strategicMerge } from './strategic-merge.ts'
export { mergePatch } from './merge-patch.ts'
export { JSON_PATCH_OPERATIONS_MAX, jsonPatch } from './json-patch.ts'
export { type CronSchedule, parseCron } from './cron.ts'
export { fromZone, isZone, zoneOffsetSeconds } from './zone.ts'
export {
  type LabelOperator,
  type LabelRequirement,
  type LabelSelector,
  type LabelSelectorObject,
  type Labels,
  SELECTOR_LENGTH_MAX,
  formatLabelSelector,
  labelSelectorOf,
  matchesLabels,
  parseLabelSelector,
} from './label-selector.ts'
export { type FieldRequirement, type FieldSelector, matchesFields, parseFieldSelector } from './field-selector.ts'
export { annotationProblems, dns1035LabelProblems, dnsLabelProblems, dnsSubdomainProblems, labelKeyProblems, labelValueProblems } from './names.ts'
export { findJsonPath, printJsonPath } from './json-path.ts'
