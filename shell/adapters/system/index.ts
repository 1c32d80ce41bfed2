// Owns what the host itself offers: its clock and its network.
export { type HostTime, steadyClock, systemClock } from './clock.ts'
export { nodeHttpClient } from './http-client.ts'
