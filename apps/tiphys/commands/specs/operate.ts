// Commands for those who keep a data directory: looking after it, copying it, putting a copy back.
import type { CommandSpec } from '../../flags/index.ts'
import { output } from './flags.ts'

export const doctor: CommandSpec = {
  name: 'doctor',
  short: 'find out what on this machine keeps workflows from running',
  long: 'Doctor looks at the version of Node.js, the data directory and its database, disk space, what steps need for files of their own, container engines and ports, and says ' +
    'what helps where something is wrong. The exit code is 1 when nothing can run as it is.',
  examples: [
    { does: 'Look at everything', run: 'doctor' },
    { does: 'For programs', run: 'doctor -o json' },
  ],
  args: { max: 0 },
  flags: [output('json')],
  load: async () => ({ run: (await import('../../operate/doctor-command.ts')).doctor }),
}

export const backup: CommandSpec = {
  name: 'backup',
  operands: 'FILE',
  short: 'copy the data directory into one file, while servers and runs go on',
  long: 'Backup writes the state as it is at one moment (workflows, their records, templates, archive, secrets) with the keys of the server into a gzipped tar file that only its user may read. ' +
    'Artifacts and logs are left out unless they are asked for.',
  examples: [
    { does: 'Copy the state', run: 'backup tiphys.tar.gz' },
    { does: 'Copy everything', run: 'backup --artifacts --logs tiphys.tar.gz' },
  ],
  args: { min: 1, max: 1, complete: 'files' },
  flags: [
    { name: 'artifacts', type: 'bool', usage: 'copy stored artifacts too' },
    { name: 'logs', type: 'bool', usage: 'copy logs too' },
  ],
  load: async () => ({ run: (await import('../../operate/backup-command.ts')).backup }),
}

export const restore: CommandSpec = {
  name: 'restore',
  operands: 'FILE',
  short: 'put a backup of a data directory back',
  long: 'Restore makes a data directory from a backup. Nothing may work on the directory meanwhile. What was under way when the backup was made is taken up by the next server.',
  examples: [
    { does: 'Make a new data directory', run: 'restore --data-dir ./restored tiphys.tar.gz' },
    { does: 'Set aside what is there', run: 'restore --replace tiphys.tar.gz' },
  ],
  args: { min: 1, max: 1, complete: 'files' },
  flags: [{ name: 'replace', type: 'bool', usage: 'set what is in the directory aside, in a folder inside it' }],
  load: async () => ({ run: (await import('../../operate/backup-command.ts')).putBack }),
}
