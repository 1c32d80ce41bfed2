// Owns reading Kubernetes quantities as plain numbers of thousandths.
import { parseQuantity, quantityMilli } from '@tiphys/core/kube'

/** Thousandths of the unit; 0 for text that is no quantity. */
export function milliOf(text: string | undefined): number {
  if (text === undefined) return 0
  const parsed = parseQuantity(text)
  return parsed.ok ? Number(quantityMilli(parsed.value)) : 0
}
