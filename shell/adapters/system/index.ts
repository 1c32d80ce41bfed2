// Owns what the host itself offers: its clock and its network.
export { systemClock } from './clock.ts'
export { nodeHttpClient } from './http-client.ts'
