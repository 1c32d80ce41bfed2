// Runs the crash contract on each SQLite engine that this machine has.
import { engines } from '@tiphys/shell/adapters/sqlite'
import { crashContract } from './crash.ts'

for (const engine of engines()) crashContract(engine)
