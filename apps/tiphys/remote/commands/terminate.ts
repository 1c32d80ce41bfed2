// Owns `tiphys terminate` over a server.
import { endWorkflows } from '../end.ts'
import { withServer } from '../remote.ts'

export const run = withServer((remote) => endWorkflows(remote, 'terminate'))
