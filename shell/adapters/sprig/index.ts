// Owns the host's part of sprig: keys, certificates, deliberately slow hashes, and addresses of names.
import type { HostedFunctions } from '@tiphys/core/expr'
import { certify, checkCertificate } from './certificates.ts'
import { addressOf } from './hosts-file.ts'
import { bcrypt, derivePassword } from './passwords.ts'
import { genPrivateKey } from './private-keys.ts'
import { sharingBudget } from './time-budget.ts'

/** All functions as they are: for whoever has nothing else to do. They take up to seconds, and what they need is loaded at the first call. */
export const unboundedSprig: HostedFunctions = { bcrypt, derivePassword, genPrivateKey, checkCertificate, certify, getHostByName: (name) => addressOf(name) }

/** A quarter of the time: a loop of a thousand keys must not stop a server for an hour. */
const within = sharingBudget({ spentMsMax: 15_000, windowMs: 60_000, now: () => performance.now() })

/** All functions, the slow ones as often as leaves time for the rest. */
export const sprigOfHost: HostedFunctions = {
  ...unboundedSprig,
  bcrypt: within('bcrypt', bcrypt), derivePassword: within('derivePassword', derivePassword), genPrivateKey: within('genPrivateKey', genPrivateKey), certify: within('certificates', certify),
}

/** Those whose results follow from what they are given, for places where runs have to repeat themselves. */
export const repeatableSprig: Partial<HostedFunctions> = { bcrypt, derivePassword, checkCertificate }
