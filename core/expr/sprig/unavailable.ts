// Owns the sprig functions that need the network, keys or a deliberately slow cipher: only the host can offer them.

import { stop } from '../golang/failure.ts'
import type { GoFunc } from '../golang/value.ts'
import { define } from './define.ts'

const CERTIFICATE = '(sprig.certificate, error)'
const LISTS = '[]interface {}, []interface {}'

const TYPES: Readonly<Record<string, string>> = {
  bcrypt: 'func(string) string',
  htpasswd: 'func(string, string) string',
  genPrivateKey: 'func(string) string',
  derivePassword: 'func(uint32, string, string, string, string) string',
  buildCustomCert: `func(string, string) ${CERTIFICATE}`,
  genCA: `func(string, int) ${CERTIFICATE}`,
  genCAWithKey: `func(string, int, string) ${CERTIFICATE}`,
  genSelfSignedCert: `func(string, ${LISTS}, int) ${CERTIFICATE}`,
  genSelfSignedCertWithKey: `func(string, ${LISTS}, int, string) ${CERTIFICATE}`,
  genSignedCert: `func(string, ${LISTS}, int, sprig.certificate) ${CERTIFICATE}`,
  genSignedCertWithKey: `func(string, ${LISTS}, int, sprig.certificate, string) ${CERTIFICATE}`,
  getHostByName: 'func(string) string',
}

/** Functions that exist, so that their names and arguments are checked, and say why they cannot run here. */
export const UNAVAILABLE: readonly GoFunc[] = Object.entries(TYPES).map(([name, type]) =>
  define(name, type, (args, host) => {
    const offered = host.facilities.sprig?.[name]
    if (offered === undefined) throw stop('unavailable', `sprig.${name} is not available here`)
    return offered(args)
  }))
