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
