// Owns what other folders may use of lint.
export { readUniverse, type SourceFile, type Universe } from './universe.ts'
export { lintedKinds, referenceVerdict, type ReferenceOptions, type ReferenceVerdict, type Rejection } from './reference.ts'
export { type Finding } from './finding.ts'
export { lintFiles, type LintOptions, type LintResult } from './lint.ts'
export { argoReport, wholeCallError, type ArgoReportOptions } from './report/argo.ts'
export { textReport, type TextReportOptions } from './report/text.ts'
export { githubReport, jsonReport, sarifReport, type ToolInfo } from './report/machine.ts'
