import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { Gapless } from '../dist/client.js'
import { behind, client, event, FakeSocket, last, passes, settled, sockets, subscription } from './fake.mjs'

test('one WebSocket has all subscriptions', async () => {
  const { gapless, socket } = await subscription()
  gapless.subscribe('fleet', { onEvent: () => {} })
  await settled()
  assert.deepEqual(socket.all('Subscribe').map(s => s.topic), ['prices', 'fleet'])
  assert.equal(sockets.length, 1)
})

test('addresses are tried in turn, after waits that grow to their bound', async () => {
  await subscription()
  const waits = []
  for (let i = 0; i < 9; i++) {
    const from = Date.now()
    const before = sockets.length
    await last().breaks()
    while (sockets.length === before) await passes(5)
    waits.push(Date.now() - from)
  }
  assert.deepEqual(waits, [125, 250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000])
  assert.deepEqual(sockets.slice(0, 3).map(s => new URL(s.url).host), ['a.test', 'b.test', 'a.test'])
})

test('the wait is a random share of what it may be', async () => {
  Math.random.mock.mockImplementation(() => 0.1)
  await subscription()
  await last().breaks()
  await passes(24)
  assert.equal(sockets.length, 1)
  await passes(2)
  assert.equal(sockets.length, 2)
})

test('a connection that has lasted makes the wait short again', async () => {
  const { socket } = await subscription()
  for (let i = 0; i < 6; i++) {
    await last().breaks()
    await passes(10_000)
  }
  await last().opens()
  await passes(6_000)
  await last().breaks()
  const before = sockets.length
  await passes(130)
  assert.equal(sockets.length, before + 1)
  assert.ok(socket)
})

test('a gateway that accepts and closes again and again is not asked more and more often', async () => {
  await subscription()
  for (let i = 0; i < 8; i++) {
    await last().breaks(1013)
    await passes(10_000)
    await last().opens()
  }
  const before = sockets.length
  await last().breaks(1013)
  await passes(4_900)
  assert.equal(sockets.length, before)
})

test('nor is one that closes again and again, and says that one may come back at once', async () => {
  await subscription()
  for (let i = 0; i < 8; i++) {
    await last().says({ type: 'closing', reason: 'the gateway stops', reconnect_after_ms: 1, tokens: {} })
    await last().breaks(1012)
    await passes(10_000)
    await last().opens()
  }
  const before = sockets.length
  await last().breaks(1012)
  await passes(4_900)
  assert.equal(sockets.length, before)
})

test('reconnect_after_ms is obeyed, also when the tab wakes, and the tokens of closing are taken', async () => {
  const listeners = {}
  globalThis.addEventListener = (type, listener) => (listeners[type] = listener)
  globalThis.removeEventListener = type => delete listeners[type]
  try {
    const { gapless, socket } = await subscription()
    await socket.subscribed('prices')
    await socket.says({ type: 'closing', reason: 'the gateway stops', reconnect_after_ms: 4_000, tokens: { prices: 'C' } })
    await socket.breaks(1012)
    await passes(3_000)
    listeners.online()
    await passes(900)
    assert.equal(sockets.length, 1)
    await passes(200)
    await last().opens()
    assert.equal(last().all('Subscribe')[0].from, 'C')
    gapless.close()
    assert.deepEqual(listeners, {}, 'it listens no more')
  } finally {
    delete globalThis.addEventListener
    delete globalThis.removeEventListener
  }
})

for (const wait of [-1, 0, 'soon', null, 1e12]) {
  test(`a wait of ${wait} is none, or has a bound`, async () => {
    const { socket } = await subscription()
    await socket.says({ type: 'closing', reason: 'x', reconnect_after_ms: wait, tokens: {} })
    await socket.breaks(1012)
    await passes(wait === 1e12 ? 299_000 : 100)
    assert.equal(sockets.length, 1)
    await passes(wait === 1e12 ? 2_000 : 50)
    assert.equal(sockets.length, 2)
  })
}

test('the network that is back, and a tab that is seen, end the wait; a hidden one does not', async () => {
  const listeners = {}
  globalThis.addEventListener = (type, listener) => (listeners[type] = listener)
  globalThis.removeEventListener = () => {}
  globalThis.document = {
    visibilityState: 'visible',
    addEventListener: (type, listener) => (listeners[type] = listener),
    removeEventListener: () => {},
  }
  try {
    await subscription()
    for (let i = 0; i < 8; i++) {
      await last().breaks()
      await passes(10_000)
    }
    for (const type of ['online', 'visibilitychange']) {
      await last().breaks()
      await passes(2_000)
      const before = sockets.length
      globalThis.document.visibilityState = 'hidden'
      listeners[type]()
      await settled()
      assert.equal(sockets.length, before)
      globalThis.document.visibilityState = 'visible'
      listeners[type]()
      await settled()
      assert.equal(sockets.length, before + 1)
      await last().breaks()
      listeners[type]()
      await settled()
      assert.equal(sockets.length, before + 1, 'it has just tried')
      await passes(10_000)
    }
    await last().opens()
    listeners.online()
    assert.deepEqual(last().all('Ping'), [{ type: 'Ping' }], 'is the connection still there?')
  } finally {
    delete globalThis.addEventListener
    delete globalThis.removeEventListener
    delete globalThis.document
  }
})

test('a silent gateway is pinged, and left if it does not answer', async () => {
  const { socket, states } = await subscription()
  await socket.subscribed('prices')
  await passes(14_000)
  await socket.says(event(1))
  await passes(14_000)
  assert.deepEqual(socket.all('Ping'), [])
  await passes(2_000)
  assert.deepEqual(socket.all('Ping'), [{ type: 'Ping' }])
  await socket.says({ type: 'pong', tokens: {} })
  await passes(14_000)
  assert.equal(socket.all('Ping').length, 1)
  await passes(2_000)
  assert.equal(socket.all('Ping').length, 2)
  await passes(9_000)
  assert.ok(!socket.closedByClient)
  await passes(2_500)
  assert.ok(socket.closedByClient)
  assert.equal(states.at(-1).cause.code, 'silent')
  assert.equal(sockets.length, 2)
})

test('what comes too late of a connection that was given up is not taken', async () => {
  const { given, socket } = await subscription()
  await socket.subscribed('prices')
  await socket.says(event(1))
  await passes(27_000)
  assert.ok(socket.closedByClient)
  await last().opens()
  assert.deepEqual(last().from(), behind('T0', ['n1', 'A', 1]))
  await last().subscribed('prices', 'T1')
  await last().says(event(2))
  await socket.says(event(2), event(3))
  assert.deepEqual(given, [1, 2])
})

test('a gateway that says no hello is left', async () => {
  const gapless = client()
  const states = []
  gapless.subscribe('prices', { onEvent: () => {}, onState: s => states.push(s) })
  await settled()
  last().readyState = 1
  last().fire('open')
  await passes(11_500)
  assert.equal(sockets.length, 2)
  assert.equal(states.at(-1).cause.code, 'timeout')
  await sockets[0].says({ type: 'connected' })
  assert.deepEqual(sockets[0].sent, [], 'it is over')
})

test('what is refused for now is asked again after a while, what is refused for good is not', async () => {
  const { gapless, socket, states } = await subscription()
  const others = []
  gapless.subscribe('secret', { onEvent: () => {}, onState: s => others.push(s) })
  await settled()
  await socket.says({ type: 'error', code: 'not_ready', message: 'not yet', id: 's', topic: 'prices' })
  await socket.says({ type: 'error', code: 'forbidden', message: 'not for you', id: 's', topic: 'secret' })
  assert.equal(states.at(-1).state, 'connecting')
  assert.equal(states.at(-1).cause.code, 'not_ready')
  assert.equal(others.at(-1).state, 'ended')
  assert.equal(others.at(-1).cause.code, 'forbidden')
  await passes(20_000)
  assert.deepEqual(socket.all('Subscribe').map(s => s.topic), ['prices', 'secret', 'prices'])
  await socket.subscribed('prices')
  assert.equal(states.at(-1).state, 'live')
})

test('a subscription that the gateway ends has ended, with the reason', async () => {
  const { made, socket, states } = await subscription()
  await socket.subscribed('prices')
  await socket.says(event(1), { type: 'ended', topic: 'prices', reason: 'FORBIDDEN', message: 'no longer', token: 'E' })
  assert.equal(states.at(-1).state, 'ended')
  assert.equal(states.at(-1).cause.code, 'forbidden')
  assert.equal(made.place, 'E')
  assert.deepEqual(socket.all('Unsubscribe'), [])
})

test('so has one that the gateway ends before it has begun', async () => {
  const { socket, states } = await subscription()
  await socket.says({ type: 'ended', topic: 'prices', reason: 'FORBIDDEN', message: 'the new credential', token: null })
  assert.equal(states.at(-1).state, 'ended')
  assert.equal(states.at(-1).cause.code, 'forbidden')
})

test('nobody connects where there is nothing to do', async () => {
  const gapless = client()
  await passes(1_000)
  assert.equal(sockets.length, 0)
  const made = gapless.subscribe('prices', { onEvent: () => {} })
  made.close()
  await passes(1_000)
  assert.equal(sockets.length, 0)
})

test('close ends everything', async () => {
  const { gapless, socket, states } = await subscription()
  await socket.subscribed('prices')
  gapless.close()
  assert.ok(socket.closedByClient)
  assert.deepEqual([states.at(-1).state, states.at(-1).cause], ['ended', undefined])
  assert.throws(() => gapless.subscribe('prices', { onEvent: () => {} }), { code: 'closed' })
  await assert.rejects(gapless.publish('a', { data: 1 }), { code: 'closed' })
  await passes(60_000)
  assert.equal(sockets.length, 1)
})

test('a connection that is over leaves no timer', async t => {
  let ticking = 0
  const { setInterval, clearInterval } = globalThis
  t.mock.method(globalThis, 'setInterval', (...all) => (ticking++, setInterval(...all)))
  t.mock.method(globalThis, 'clearInterval', timer => (ticking--, clearInterval(timer)))
  const { gapless } = await subscription()
  for (let i = 1; i <= 3; i++) {
    await last().breaks()
    while (sockets.length === i) await passes(250)
    await last().opens()
  }
  assert.equal(ticking, 1)
  gapless.close()
  assert.equal(ticking, 0)
})

test('addresses: prefixes stay, and what is none is refused', () => {
  const urls = ['https://a.test/gapless/', 'http://a.test', 'wss://a.test/x']
  const gapless = new Gapless(urls, { WebSocket: FakeSocket })
  assert.deepEqual(gapless.urls, [
    'wss://a.test/gapless/api/ws?hold=true', 'ws://a.test/api/ws?hold=true', 'wss://a.test/x/api/ws?hold=true',
  ])
  assert.throws(() => new Gapless('a.test:80:80', { WebSocket: FakeSocket }), { code: 'bad_url' })
  assert.throws(() => new Gapless([], { WebSocket: FakeSocket }), { code: 'bad_url' })
})

test('options that are none are refused', () => {
  assert.throws(() => new Gapless('http://a', { WebSocket: FakeSocket, silencMs: 1 }), { code: 'bad_option' })
  assert.throws(() => new Gapless('http://a', { WebSocket: FakeSocket, silenceMs: 'x' }), { code: 'bad_option' })
  assert.throws(() => client().subscribe('prices', {}), { code: 'bad_option' })
})

test('without a WebSocket it says what to do', t => {
  const there = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket')
  delete globalThis.WebSocket
  t.after(() => there && Object.defineProperty(globalThis, 'WebSocket', there))
  assert.throws(() => new Gapless('http://a'), { code: 'no_websocket' })
})

test('a WebSocket that cannot be made is tried again after a while', async () => {
  let times = 0
  class Failing {
    constructor() {
      times++
      throw new SyntaxError('no such address')
    }
  }
  const states = []
  client({ WebSocket: Failing }).subscribe('prices', { onEvent: () => {}, onState: s => states.push(s) })
  await passes(60_000)
  assert.equal(states.at(-1).cause.code, 'bad_url')
  assert.ok(times > 5 && times < 25, `${times} times in a minute`)
})

test('onState that throws is reported, and disturbs nothing', async () => {
  const report = mock.method(console, 'error', () => {})
  const { given, socket } = await subscription({
    onState() {
      throw new Error('mine')
    },
  })
  await socket.subscribed('prices')
  await socket.says(event(1))
  assert.deepEqual(given, [1])
  assert.ok(report.mock.callCount() >= 2)
})
