// Publishes one message at URL to TOPIC, and prints its sequence, or what became of it.
import WebSocket from 'ws'
import { Gapless } from './client.js'

const [, , url, topic] = process.argv
const gapless = new Gapless(url, { WebSocket, reconnectMs: 10 })
try {
  console.log(`at ${(await gapless.publish(topic, { data: 1 })).seq}`)
} catch (error) {
  console.log(`failed ${error.code}`)
}
gapless.close()
