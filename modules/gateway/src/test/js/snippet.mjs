// What the README of clients/js takes for granted; its code takes the place of the line below, and what it did is printed.
import WebSocket from 'ws'
import { Gapless as Client } from './client.js'

const [url, token] = process.argv.slice(2)
const did = { applied: [], moved: [], states: [], stored: [] }
class Gapless extends Client {
  constructor(urls, options) {
    super(urls.map(() => url), { ...options, WebSocket })
  }
}
const fetchToken = async () => token
const localStorage = { getItem: () => null, setItem: (key, value) => did.stored.push([key, value]) }
const apply = event => did.applied.push([event.key, event.data])
const load = () => {}
const badge = state => did.states.push(state)
const move = (key, data) => did.moved.push([key, data])
const warn = gaps => console.error(gaps)
const until = async condition => {
  while (!condition()) await new Promise(done => setTimeout(done, 10))
}

// README

await until(() => did.states.includes('live'))
await gapless.publish('prices', { key: 'EURUSD', data: 1.0834 })
await until(() => did.applied.length > 0 && did.stored.length > 0)
const following = follow()
while (did.moved.length === 0) {
  await gapless.publish('fleet', { key: '8/1', data: 'not this one' })
  await gapless.publish('fleet', { key: '7/1', data: 'this one' })
  await new Promise(done => setTimeout(done, 10))
}
gapless.close()
await following
console.log(JSON.stringify({ ...did, at }))
