// Usage: node state.mjs URL TOPIC. Prints each state that it has whole: the price of each key.
import WebSocket from 'ws'
import { Gapless } from './client.js'

const [url, topic] = process.argv.slice(2)
const prices = new Map()
let isWhole = false
const gapless = new Gapless(url, { WebSocket, reconnectMs: 20, reconnectMaxMs: 200 })
gapless.subscribe(topic, {
  state: true,
  onEvent(event) {
    if (event.type === 'snapshot_start') {
      isWhole = false
      if (event.complete) prices.clear()
    } else if (event.type === 'snapshot_end') {
      isWhole = true
    } else if (event.deleted) {
      prices.delete(event.key)
    } else {
      prices.set(event.key, event.data.price)
    }
    if (isWhole) console.log(JSON.stringify(Object.fromEntries([...prices].sort())))
  },
  onState: ({ state, cause }) => state === 'ended' && console.log('ended', cause?.message),
})
