import assert from 'node:assert/strict'
import { test } from 'node:test'
import { behind, client, event, expired, gap, last, passes, settled, sockets, subscription } from './fake.mjs'

for (const frame of ['', 'null', '{', '[1]', '"x"', '7', '{"type":"batch","topic":"prices"}', '{"type":"batch","topic":"prices","data":[null]}',
  '{"type":"event","topic":"prices","node":"n1"}', '{"type":"published","topic":"prices"}', '{"type":"cursor_expired","topic":"prices"}']) {
  test(`what is no frame of a gateway ends the connection, and comes again from the place: ${frame}`, async () => {
    const { given, socket, states } = await subscription()
    await socket.subscribed('prices')
    await socket.says(event(1), frame)
    assert.ok(socket.closedByClient, JSON.stringify(states))
    assert.equal(states.at(-1).cause.code, 'bad_frame')
    await passes(1_000)
    await last().opens()
    assert.deepEqual(last().from(), behind('T0', ['n1', 'A', 1]))
    assert.deepEqual(given, [1])
  })
}

for (const missing of ['positions', 'token']) {
  test(`so does an answer without ${missing}`, async () => {
    const { socket, states } = await subscription()
    await socket.says({ type: 'subscribed', topic: 'prices', positions: [], token: 'T', [missing]: undefined })
    assert.equal(states.at(-1).cause.code, 'bad_frame')
    assert.equal(states.at(-1).state, 'connecting')
  })
}

test('binary frames end the connection', async () => {
  const { socket, states } = await subscription()
  socket.fire('message', { data: new ArrayBuffer(3) })
  await settled()
  assert.equal(states.at(-1).cause.code, 'bad_frame')
})

test('types and topics that are not known are passed over', async () => {
  const { given, socket } = await subscription()
  await socket.subscribed('prices')
  await socket.says({ type: 'later' }, { type: 'later', topic: 'prices' }, event(1, { topic: 'other' }), { type: 'published', position: {}, id: 'p9' }, event(1))
  assert.deepEqual(given, [1])
  assert.equal(sockets.length, 1)
})

test('topics that are called like members of an object are topics', async () => {
  const gapless = client()
  const given = []
  for (const topic of ['__proto__', 'constructor', 'toString']) gapless.subscribe(topic, { onEvent: e => void given.push([e.topic, e.seq]) })
  await settled()
  await last().opens()
  for (const topic of ['__proto__', 'constructor', 'toString']) {
    await last().subscribed(topic)
    await last().says(event(1, { topic, node: '__proto__' }))
  }
  assert.deepEqual(given, [['__proto__', 1], ['constructor', 1], ['toString', 1]])
})

const beyond = '{"type":"event","topic":"prices","node":"n1","epoch":"A","seq":9007199254740993,"key":null,"data":1,"token":"T"}'

test('a sequence beyond 2^53 ends its subscription alone, and the handler does not see it', async () => {
  const { gapless, given, made, socket, states } = await subscription()
  const others = []
  gapless.subscribe('other', { onEvent: e => void others.push(e.seq) })
  await settled()
  await socket.subscribed('prices')
  await socket.subscribed('other')
  await socket.says(event(1), beyond, event(2), event(5, { topic: 'other' }))
  assert.deepEqual([given, others], [[1], [5]])
  assert.equal(states.at(-1).state, 'ended')
  assert.equal(states.at(-1).cause.code, 'sequence_too_large')
  assert.deepEqual(JSON.parse(made.place), behind('T0', ['n1', 'A', 1]))
  assert.equal(sockets.length, 1)
})

test('so does one in positions, and in a gap', async () => {
  const { socket, states } = await subscription()
  await socket.says('{"type":"subscribed","topic":"prices","positions":[{"node":"n1","epoch":"A","seq":9007199254740993}],"silent":[],"token":"T"}')
  assert.equal(states.at(-1).cause.code, 'sequence_too_large')
  const other = await subscription()
  await other.socket.subscribed('prices')
  await other.socket.says(expired([gap({ resumes_at: 2 ** 53 + 2 })]))
  assert.equal(other.states.at(-1).cause.code, 'sequence_too_large')
})

for (const [name, onEvent] of [
  ['throws', e => { if (e.seq === 2) throw new Error('mine') }],
  ['is rejected', async e => { if (e.seq === 2) throw new Error('mine') }],
]) {
  test(`a handler that ${name} ends its subscription in front of the event, and no other one`, async () => {
    const { gapless, made, socket, states } = await subscription({ onEvent })
    const others = []
    gapless.subscribe('other', { onEvent: e => void others.push(e.seq) })
    await settled()
    await socket.subscribed('prices')
    await socket.subscribed('other')
    await socket.says(event(1), event(2), event(3), event(1, { topic: 'other' }))
    assert.equal(states.at(-1).state, 'ended')
    assert.equal(states.at(-1).cause.code, 'handler_failed')
    assert.equal(states.at(-1).cause.cause.message, 'mine')
    assert.deepEqual(JSON.parse(made.place), behind('T0', ['n1', 'A', 1]))
    assert.deepEqual(socket.all('Unsubscribe').map(u => u.topic), ['prices'])
    assert.deepEqual(others, [1])
  })
}

test('a store that throws ends the subscription: its place would not be kept', async () => {
  const { given, socket, states } = await subscription({
    store() {
      throw new Error('quota')
    },
  })
  await socket.subscribed('prices')
  await socket.says(event(1), event(2))
  assert.deepEqual(given, [1])
  assert.equal(states.at(-1).cause.code, 'handler_failed')
})

test('a handler that closes its subscription is given nothing more', async () => {
  const given = []
  const { made, socket } = await subscription({ onEvent: e => (given.push(e.seq), made.close()) })
  await socket.subscribed('prices')
  await socket.says({ type: 'batch', topic: 'prices', data: [event(1), event(2)], token: 'T2' })
  assert.deepEqual(given, [1])
})

test('events to iterate over: a loss is one of them, each is taken when the one before is dealt with', async () => {
  const gapless = client({ queuedEvents: 2 })
  const stored = []
  const events = gapless.events('prices', { keys: ['7/*'], store: place => void stored.push(place) })
  const first = events.next()
  await settled()
  await last().opens()
  assert.equal(last().all('Subscribe')[0].on_lag, 'resync')
  await last().subscribed('prices')
  await last().says(event(1), expired(), event(7), event(8))
  assert.equal((await first).value.seq, 1)
  assert.deepEqual(stored, [])
  const second = (await events.next()).value
  assert.deepEqual([second.type, second.gaps[0].missed], ['cursor_expired', 4])
  assert.deepEqual(stored.map(place => JSON.parse(place)), [behind('T0', ['n1', 'A', 1])])
  assert.equal((await events.next()).value.seq, 7)
  await last().says(event(9), event(10), event(11))
  assert.equal(last().all('Unsubscribe').length, 1, 'the rest waits at the gateway')
  await events.return()
  assert.equal((await events.next()).done, true)
})

test('an iteration that is left closes its subscription', async () => {
  const gapless = client()
  const loop = (async () => {
    for await (const e of gapless.events('prices')) if (e.seq === 2) break
  })()
  await settled()
  await last().opens()
  await last().subscribed('prices')
  await last().says(event(1), event(2))
  await loop
  assert.equal(last().all('Unsubscribe').length, 1)
})

test('an iteration ends with what ended the subscription, and in silence when the client is closed', async () => {
  const gapless = client()
  const one = assert.rejects(gapless.events('prices').next(), { code: 'forbidden' })
  const other = gapless.events('other').next()
  await settled()
  await last().opens()
  await last().says({ type: 'error', code: 'forbidden', message: 'not for you', id: 's', topic: 'prices' })
  await one
  gapless.close()
  assert.equal((await other).done, true)
})
