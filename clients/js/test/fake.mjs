// A gateway of which a test says each word, and a clock that goes when the test says so.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock } from 'node:test'
import { Gapless } from '../dist/client.js'

export const URLS = ['http://a.test', 'http://b.test']
/** What a gateway takes as from. One of before does not say so. */
export const FORMS = ['latest', 'earliest', 'time', 'token', 'positions', 'then']

/** All sockets that were opened, in order. */
export let sockets = []
let clients = []

export class FakeSocket extends EventTarget {
  readyState = 0
  bufferedAmount = 0
  sent = []

  constructor(url) {
    super()
    this.url = url
    sockets.push(this)
  }

  send(text) {
    assert.equal(this.readyState, 1, 'it sends on a socket that is not open')
    this.sent.push(JSON.parse(text))
  }

  close() {
    this.readyState = 3
    this.closedByClient = true
  }

  fire(type, members = {}) {
    this.dispatchEvent(Object.assign(new Event(type), members))
  }

  /** Opens, and says hello; null is a gateway of before. The gateway has a name for each of its starts. */
  async opens(from = FORMS, gateway = 'G') {
    this.readyState = 1
    this.fire('open')
    await this.says({ type: 'connected', data: { node: 'n1', ...(from && { from, gateway }) } })
  }

  async says(...frames) {
    for (const frame of frames) this.fire('message', { data: typeof frame === 'string' ? frame : JSON.stringify(frame) })
    await settled()
  }

  async breaks(code = 1006, reason = '') {
    this.readyState = 3
    this.fire('close', { code, reason })
    await settled()
  }

  /** Where the topic was subscribed to last. */
  from() {
    const { from } = this.all('Subscribe').at(-1)
    return from?.startsWith('{') ? JSON.parse(from) : from
  }

  /** The commands of a type. */
  all(type) {
    return this.sent.filter(command => command.type === type)
  }

  async subscribed(topic, token = 'T0', positions = [{ node: 'n1', epoch: 'A', seq: 0 }]) {
    await this.says({ type: 'subscribed', topic, positions, silent: [], token })
  }
}

export const event = (seq, more = {}) => ({
  type: 'event', topic: 'prices', node: 'n1', epoch: 'A', seq, time: '2026-01-31T12:00:00Z', key: 'k', data: seq, ...more,
})

/** One of those that were asked for with ids. */
export const withToken = (seq, more = {}) => event(seq, { token: `T${seq}`, ...more })

/** A place: a token, and what came since. */
export const behind = (token, ...then) => ({ token, then: then.map(([node, epoch, seq, ended]) => ({ node, epoch, seq, ...(ended && { ended }) })) })

/** Its stream goes on, if it does not say otherwise. */
export const gap = ({ epoch = 'A', ...more } = {}) => ({
  node: 'n1', reason: 'OVERRUN', epoch, first_missing: 3, missed: 4, resumes_epoch: epoch, resumes_at: 7, ...more,
})

export const expired = (gaps = [gap()], more = {}) => ({
  type: 'cursor_expired', topic: 'prices', time: '2026-01-31T12:00:00Z', gaps, token: 'FRONT', ...more,
})

/** Everything that needs no time has happened. */
export async function settled() {
  for (let i = 0; i < 5; i++) await new Promise(setImmediate)
}

/** The time goes on. */
export async function passes(ms) {
  for (let left = ms; left > 0; left -= 250) {
    mock.timers.tick(Math.min(left, 250))
    await settled()
  }
}

export function client(options = {}, urls = URLS) {
  const made = new Gapless(urls, { WebSocket: FakeSocket, reloadJitterMs: 0, ...options })
  clients.push(made)
  return made
}

export const last = () => sockets.at(-1)

/** A subscription with what it was given, and its first socket. */
export async function subscription(options = {}, clientOptions = {}, from = FORMS) {
  const gapless = client(clientOptions)
  const given = []
  const states = []
  const made = gapless.subscribe('prices', { onEvent: e => void given.push(e.seq ?? e.type), onState: s => states.push(s), ...options })
  await settled()
  await last().opens(from)
  return { gapless, made, given, states, socket: last() }
}

beforeEach(() => {
  sockets = []
  clients = []
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_000_000 })
  mock.method(Math, 'random', () => 0.5)
})

afterEach(() => {
  for (const one of clients) one.close()
  mock.timers.reset()
  mock.restoreAll()
})
