// Owns the host's part of sprig: keys, certificates, deliberately slow hashes, and addresses of names.
import type { HostedFunctions } from '@tiphys/core/expr'
import { certify, checkCertificate } from './certificates.ts'
import { addressOf } from './hosts-file.ts'
import { bcrypt, derivePassword } from './passwords.ts'
import { genPrivateKey } from './private-keys.ts'

/** All functions. They take up to seconds, and what they need is loaded at the first call. */
export const sprigOfHost: HostedFunctions = { bcrypt, derivePassword, genPrivateKey, checkCertificate, certify, getHostByName: (name) => addressOf(name) }

/** Those whose results follow from what they are given, for places where runs have to repeat themselves. */
export const repeatableSprig: Partial<HostedFunctions> = { bcrypt, derivePassword, checkCertificate }
