// Usage: node node.mjs OPTIONS, as JSON.
import WebSocket from 'ws'
import { Gapless } from './client.js'
import { run } from './harness.mjs'

process.on('unhandledRejection', error => {
  console.error(error)
  process.exit(1)
})
await run({ Gapless, WebSocket, ...JSON.parse(process.argv[2]) })
