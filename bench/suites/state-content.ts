// Owns what the benchmark of the state stores and asks for: runs, records and lists as a busy installation has them.
import type { NewRun, RunListQuery } from '@tiphys/shell/ports'

export function record(seq: number): string {
  return JSON.stringify({ at: 1_700_000_000_000 + seq, nodes: [{ id: `hello-${seq % 1000}-1234567890`, phase: 'Succeeded', finishedAt: 1_700_000_000_000 + seq, outputs: { exitCode: '0' }, message: `step ${seq} did its work and told so` }] })
}

const PHASES = ['Succeeded', 'Succeeded', 'Succeeded', 'Succeeded', 'Succeeded', 'Succeeded', 'Succeeded', 'Failed', 'Error', 'Running']

export function newRun(uid: string, index: number): NewRun {
  const phase = PHASES[(index * 7) % 10] ?? ''
  return {
    uid,
    namespace: `team-${index % 20}`,
    name: `${['etl', 'train', 'report', 'ci'][index % 4]}-${(index * 2_654_435_761) % 1_000_003}-${uid}`,
    phase,
    createdAt: 1_700_000_000_000 + index * 1000,
    startedAt: 1_700_000_000_500 + index * 1000,
    ...(phase === 'Running' ? {} : { finishedAt: 1_700_000_060_000 + index * 1000 }),
    manifest: '{"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow"}',
    labels: { 'workflows.argoproj.io/phase': phase, 'workflows.argoproj.io/completed': String(phase !== 'Running'), owner: `user-${index % 500}`, branch: `b${(index * 31) % 5000}`, tier: ['low', 'mid', 'high'][index % 3] ?? '' },
    template: index % 3 === 0 ? `tpl-${index % 50}` : '',
    message: phase === 'Failed' ? 'child failed' : '',
    progress: '10/10',
  }
}

/** A list that somebody might ask for; each of them narrows a few fields. */
export function someQuery(n: number): RunListQuery {
  const label = (key: string, value: string): RunListQuery => ({ labels: [{ key, operator: 'in', values: [value] }] })
  const kinds: readonly RunListQuery[] = [
    {},
    { namespaces: [`team-${n % 20}`] },
    { phases: ['Failed'], namespaces: [`team-${n % 20}`] },
    { phases: ['Failed'], ...label('owner', `user-${n % 500}`) },
    { namePrefix: ['etl-', 'train-9', 'report-12', 'nothing-'][n % 4] ?? '' },
    { phases: ['Succeeded'], ...label('tier', 'high'), namePrefix: 'etl' },
    { ...label('branch', `b${n % 5000}`) },
    { phases: ['Error'], labels: [{ key: 'tier', operator: 'in', values: ['low'] }, { key: 'workflows.argoproj.io/completed', operator: 'in', values: ['true'] }] },
    { createdFrom: 1_700_000_000_000 + n * 10_000, createdBefore: 1_700_000_000_000 + n * 10_000 + 3_600_000 },
    { template: `tpl-${(n * 3) % 50}`, namespaces: ['team-3', 'team-6', 'team-9'] },
    { phases: ['Failed', 'Error'], namePrefix: 'ci', ...label('owner', `user-${n % 500}`) },
    { finished: false, namespaces: [`team-${n % 20}`], phases: ['Failed'] },
  ]
  return { limit: 50, ...kinds[n % kinds.length] }
}

