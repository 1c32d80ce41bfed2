// Owns what programs may use of the control channel: asking a process of this machine to change a run that it carries out.
export { type ControlReply, type ControlRequest, controlLimits } from './messages.ts'
export { type ControlOutcome, askControl } from './client.ts'
export { type ControlServer, openControlServer } from './server.ts'
export { controlPath, removeStaleSockets } from './place.ts'
