// Usage: node history.mjs URLS TOPIC [TOKEN_FILE]. Prints a line for each event, gap, reload and state, until it is ended.
import { readFileSync } from 'node:fs'
import WebSocket from 'ws'
import { Gapless } from './client.js'

const [urls, topic, tokenFile] = process.argv.slice(2)
const print = (...words) => console.log(words.join(' '))
const token = () => {
  print('token')
  return readFileSync(tokenFile, 'utf8')
}
const gapless = new Gapless(urls.split(','), {
  ...(tokenFile && { token }),
  WebSocket, reconnectMs: 20, reconnectMaxMs: 200, silenceMs: 1_000, pongTimeoutMs: 1_000, reloadDistanceMs: 0, reloadJitterMs: 0,
})
gapless.subscribe(topic, {
  from: 'earliest',
  onEvent: event => print('event', event.seq, event.data),
  onState: ({ state, cause }) => print('state', state, cause?.code ?? ''),
  async reload(gaps) {
    print('reload', gaps.length)
    for (const gap of gaps) print('gap', gap.first_missing, gap.missed)
    await new Promise(done => setTimeout(done, 50))
    print('reloaded')
  },
})
