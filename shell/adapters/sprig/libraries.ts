// Owns loading the packages behind these functions: at the first call, since few expressions call them, and synchronously, since expressions do not wait.
import { createRequire } from 'node:module'
import type * as Asn1Schema from '@peculiar/asn1-schema'
import type * as Asn1X509 from '@peculiar/asn1-x509'
import type * as Bcrypt from 'bcryptjs'

/** The bundle has a `require` of its own that knows what it contains; where modules are loaded one by one, Node.js finds the packages. Names are literals so that the bundler sees them. */
const fromDisk = (name: string): unknown => createRequire(import.meta.url)(name)

export const asn1Schema = (): typeof Asn1Schema => (typeof require === 'function' ? require('@peculiar/asn1-schema') : fromDisk('@peculiar/asn1-schema')) as typeof Asn1Schema

export const asn1X509 = (): typeof Asn1X509 => (typeof require === 'function' ? require('@peculiar/asn1-x509') : fromDisk('@peculiar/asn1-x509')) as typeof Asn1X509

export const bcryptLibrary = (): typeof Bcrypt => (typeof require === 'function' ? require('bcryptjs') : fromDisk('bcryptjs')) as typeof Bcrypt
