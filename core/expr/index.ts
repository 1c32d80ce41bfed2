// Owns what other folders may use of expressions and templates.
export { CONDITION_DEPTH_MAX } from './govaluate/plan.ts'
export { CONDITION_LENGTH_MAX, type When, compileWhen, evaluateStrictWhen, evaluateWhen } from './govaluate/when.ts'
export { type DependencyKind, type DependsTask } from './depends/expand.ts'
export {
  DEPENDS_LENGTH_MAX,
  type Depends,
  type DependsInput,
  type EvaluateBool,
  type StateOf,
  type TaskState,
  type Verdict,
  compileDepends,
} from './depends/depends.ts'
export { formatGoInt } from './loops/go-format.ts'
export { type LoopItem, itemOf, loopItemName } from './loops/item.ts'
export { LOOP_ITEMS_MAX, type LoopItems, type SequenceInput, expandSequence, itemsOfList, itemsOfParam } from './loops/loop-items.ts'
