// Owns the part of the pod runner contract that is about the environment of containers.
import { describe, expect, it } from 'vitest'
import { follow, podRequest, shell, type Subject } from './pod-runner-kit.ts'

export function describeEnvironment(subject: Subject): void {
  describe('environment', () => {
    it('gives values, references between them, fields, config maps and secrets', async () => {
      const env = [
        { name: 'A', value: 'one' },
        { name: 'B', value: '$(A) two $(UNKNOWN) $$(A)' },
        { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'NOTE', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['note']" } } },
        { name: 'MODE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } },
        { name: 'PASS', valueFrom: { secretKeyRef: { name: 'token', key: 'password' } } },
        { name: 'NONE', valueFrom: { secretKeyRef: { name: 'token', key: 'absent', optional: true } } },
      ]
      const request = podRequest({ ...shell('echo "$B|$POD|$NOTE|$MODE|$PASS|${NONE-unset}|$1"'), env })
      request.pod.spec?.containers.forEach((container) => Object.assign(container, { args: [...(container.args ?? []), 'x', '$(A)-$(MODE)'] }))
      expect(await subject.resultOf(request)).toBe(`one two $(UNKNOWN) $(A)|${request.pod.metadata?.name}|hello|fast|s3cret|unset|one-fast`)
    })

    it('gives whole config maps with a prefix', async () => {
      expect(await subject.resultOf(podRequest({ ...shell('echo $CFG_mode'), envFrom: [{ prefix: 'CFG_', configMapRef: { name: 'settings' } }] }))).toBe('fast')
    })

    it('gives variables whose names no shell knows', async () => {
      const request = podRequest({ command: ['env'], env: [{ name: 'odd.name-1', value: "it's" }] })
      expect((await subject.resultOf(request))?.split('\n')).toContain("odd.name-1=it's")
    })

    it('waits for a secret that does not exist yet, with the reason', async () => {
      const request = podRequest({ ...shell('echo $LATE'), env: [{ name: 'LATE', valueFrom: { secretKeyRef: { name: 'late', key: 'k' } } }] })
      const { until, last } = follow(subject.runner, { ...request })
      await subject.runner.start({ ...request, includeResult: true })
      const pending = await until(({ pendingReason }) => pendingReason !== undefined)
      expect(pending.phase).toBe('Pending')
      expect(pending.pendingReason).toContain('secret "late" not found')
      subject.objects.secrets.set('late', { password: '', k: 'arrived' } as never)
      expect((await last).outputs?.result).toBe('arrived')
    })
  })
}
