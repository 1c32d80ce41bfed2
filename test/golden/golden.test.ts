// Holds the engine, driven by the simulation, against recorded node trees and pods of the reference.
import { beforeAll, describe, expect, it } from 'vitest'
import { type Differences, conformanceFolder, loadCases, loadDifferences } from './cases.ts'
import { deviations, podDeviations } from './deviations.ts'
import { createdPods, loadPods, podDifferences } from './pods.ts'
import { judge } from './verdict.ts'

const folder = conformanceFolder()
const cases = folder === undefined ? [] : loadCases(folder)
const pods = folder === undefined ? [] : loadPods(folder)
const fileOf = (id: string): string => id.slice(0, id.indexOf(' '))
const files = [...new Set(cases.map(({ id }) => fileOf(id)))]

describe.skipIf(folder === undefined)('recorded node trees (the folder of recordings has to be there)', () => {
  let differencesOf: Differences
  beforeAll(async () => {
    differencesOf = await loadDifferences(folder ?? '')
  })

  it.each(files)('%s', (file) => {
    const differing: Record<string, readonly string[]> = {}
    for (const recorded of cases.filter(({ id }) => fileOf(id) === file)) {
      const { differences } = judge(recorded, differencesOf)
      if (differences.length > 0 && !deviations.has(recorded.id)) differing[recorded.id] = differences.slice(0, 10)
      if (differences.length === 0 && deviations.has(recorded.id)) differing[recorded.id] = ['is equal by now: take it off the list of deviations']
    }
    expect(differing).toEqual({})
  })

  it('has fewer than twenty deviations, all of runs that exist', () => {
    expect(deviations.size).toBeLessThan(20)
    const known = new Set(cases.map(({ id }) => id))
    expect([...deviations.keys()].filter((id) => !known.has(id))).toEqual([])
  })
})

describe.skipIf(folder === undefined)('recorded pods (the folder of recordings has to be there)', () => {
  it.each(pods.map((file) => [file.file, file] as const))('%s', (_name, file) => {
    const created = createdPods(file)
    const differing: Record<string, readonly string[]> = {}
    for (const pod of file.pods) {
      const differences = podDifferences(pod, created)
      if (differences.length > 0 && !podDeviations.has(pod.id)) differing[pod.id] = differences.slice(0, 10)
      if (differences.length === 0 && podDeviations.has(pod.id)) differing[pod.id] = ['is equal by now: take it off the list of deviations']
    }
    expect(differing).toEqual({})
  })
})
