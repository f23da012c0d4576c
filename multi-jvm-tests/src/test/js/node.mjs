// Usage: node node.mjs OPTIONS, as JSON: a list, one for each client. `before` says which are of before.
import WebSocket from 'ws'
import { Gapless } from './client.js'
import { Gapless as Before } from './client-of-before.js'
import { run } from './harness.mjs'

process.on('unhandledRejection', error => {
  console.error(error)
  process.exit(1)
})
await Promise.all(JSON.parse(process.argv[2]).map(options => run({ Gapless: options.before ? Before : Gapless, WebSocket, ...options })))
