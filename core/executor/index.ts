// What the executor of a pod decides, free of input and output: what a resource template asks of a cluster, when it has it, and what it hands on;
// what a data template makes of the keys that it finds.
export { transformPaths } from './data-paths.ts'
export { type ResourcePlan, type ResourceTarget, planResource } from './resource-plan.ts'
export { type ResourceConditions, type Verdict, judgeResource, readConditions } from './resource-conditions.ts'
export { resourceParameters } from './resource-outputs.ts'
