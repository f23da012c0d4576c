import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, expired, gap, last, passes, settled, sockets, subscription } from './fake.mjs'

const reconnected = async () => {
  await passes(10_000)
  await last().opens()
  return last().all('Subscribe')[0]
}

test('begins with the latest, and comes back behind the last event that it handled', async () => {
  const { given, socket, made } = await subscription()
  assert.deepEqual(socket.all('Subscribe'), [
    { type: 'Subscribe', topic: 'prices', id: 's', ids: true, from: 'latest', on_lag: 'resync' },
  ])
  assert.equal(socket.url, 'ws://a.test/api/ws?hold=true')
  await socket.subscribed('prices')
  assert.equal(made.place, 'T0')
  await socket.says(event(1), { type: 'batch', topic: 'prices', data: [event(2), event(3)], token: 'T3' })
  assert.deepEqual(given, [1, 2, 3])
  await socket.breaks()
  assert.equal((await reconnected()).from, 'T3')
  assert.equal(last().url, 'ws://b.test/api/ws?hold=true')
})

test('what waits for the handler when the connection breaks comes again, and nothing twice', async () => {
  const given = []
  let done
  const { socket } = await subscription({ onEvent: e => new Promise(r => (given.push(e.seq), (done = r))) })
  await socket.subscribed('prices')
  await socket.says(event(1), event(2), event(3))
  await socket.breaks()
  await passes(10_000)
  await last().opens()
  assert.deepEqual(last().all('Subscribe'), [], 'the first event is not handled yet')
  done()
  await settled()
  assert.equal(last().all('Subscribe')[0].from, 'T1')
  await last().subscribed('prices', 'T1')
  await last().says(event(2))
  assert.deepEqual(given, [1, 2])
})

test('tokens of pings lead further than the last event', async () => {
  const { socket } = await subscription()
  await socket.subscribed('prices')
  await socket.says(event(1), { type: 'ping', tokens: { prices: 'P', other: 'X' } })
  await socket.breaks()
  assert.equal((await reconnected()).from, 'P')
})

test('store is given the place behind each event that was handled', async () => {
  const stored = []
  const { socket } = await subscription({ store: place => void stored.push(place) })
  await socket.subscribed('prices')
  await socket.says(event(1), event(2))
  assert.deepEqual(stored, ['T1', 'T2'])
})

test('begins where store was', async () => {
  const { socket } = await subscription({ from: 'SAVED' })
  assert.equal(socket.all('Subscribe')[0].from, 'SAVED')
})

test('filters go into the command, with the bound of a message', async () => {
  const { socket } = await subscription({ nodes: ['n1'], keys: ['7/*'], maxMessageBytes: 10, reload: () => {} })
  assert.deepEqual(socket.all('Subscribe')[0], {
    type: 'Subscribe', topic: 'prices', id: 's', ids: true, from: 'latest', filter: { nodes: ['n1'], keys: ['7/*'] },
    on_lag: 'pause', max_message_bytes: 10,
  })
})

test('behind a gap stands the position at which its node resumes', async () => {
  const { given, socket } = await subscription()
  await socket.subscribed('prices')
  await socket.says(event(1), event(2), expired())
  assert.deepEqual(given, [1, 2, 'cursor_expired'])
  await socket.breaks()
  assert.deepEqual(JSON.parse((await reconnected()).from), { positions: [{ node: 'n1', epoch: 'A', seq: 6 }] })
})

test('a producer that is lost keeps its position, and has ended; the next incarnation takes its place', async () => {
  const { made, socket } = await subscription()
  const positions = () => JSON.parse(made.place).positions
  await socket.subscribed('prices', 'T0', [{ node: 'n1', epoch: 'A', seq: 5 }, { node: 'n2', epoch: 'B', seq: null }])
  await socket.says(expired([gap({ reason: 'PRODUCER_LOST', resumes_epoch: null, resumes_at: null })]))
  assert.deepEqual(positions(), [{ node: 'n1', epoch: 'A', seq: 5, ended: true }, { node: 'n2', epoch: 'B', seq: null }])
  await socket.breaks()
  await reconnected()
  await last().subscribed('prices', 'T1', [{ node: 'n2', epoch: 'B', seq: 3 }])
  await last().says(event(4, { node: 'n2', epoch: 'B', token: undefined }))
  assert.deepEqual(positions(), [{ node: 'n1', epoch: 'A', seq: 5, ended: true }, { node: 'n2', epoch: 'B', seq: 4 }])
  await last().says(event(1, { epoch: 'C', token: undefined }))
  assert.deepEqual(positions(), [{ node: 'n1', epoch: 'C', seq: 1 }, { node: 'n2', epoch: 'B', seq: 4 }])
})

test('a producer that left has ended, and the application is not told', async () => {
  const { made, given, socket } = await subscription()
  await socket.subscribed('prices')
  await socket.says({ type: 'producer_left', topic: 'prices', node: 'n1', epoch: 'A', seq: 9, clean: true })
  assert.deepEqual(JSON.parse(made.place), { positions: [{ node: 'n1', epoch: 'A', seq: 9, ended: true }] })
  assert.deepEqual(given, [])
})

test('a stream whose place is not known takes no place that is', async () => {
  const { made, socket } = await subscription()
  await socket.subscribed('prices', 'T0', [{ node: 'n1', epoch: 'A', seq: 5 }])
  await socket.breaks()
  await reconnected()
  await last().subscribed('prices', 'T0', [{ node: 'n1', epoch: 'B', seq: null }])
  await last().says(event(1, { node: 'n2', token: undefined }))
  assert.deepEqual(JSON.parse(made.place).positions[0], { node: 'n1', epoch: 'A', seq: 5 })
})

test('a gap of no node moves nothing', async () => {
  const { made, socket } = await subscription()
  await socket.subscribed('prices', 'T0', [{ node: 'n1', epoch: 'A', seq: 5 }])
  const unknown = gap({ node: null, reason: 'POSITION_UNKNOWN', epoch: null, resumes_epoch: null, resumes_at: null })
  await socket.says(expired([unknown]))
  assert.deepEqual(JSON.parse(made.place), { positions: [{ node: 'n1', epoch: 'A', seq: 5 }] })
  await socket.says(expired([unknown, gap()]))
  assert.deepEqual(JSON.parse(made.place), { positions: [{ node: 'n1', epoch: 'A', seq: 6 }] })
})

test('saved positions are sent as they are, and those that ended are kept', async () => {
  const saved = '{"positions":[{"node":"n2","epoch":"B","seq":7,"ended":true}]}'
  const { made, socket } = await subscription({ from: saved })
  assert.equal(socket.all('Subscribe')[0].from, saved)
  await socket.subscribed('prices')
  await socket.says(event(1, { token: undefined }))
  assert.deepEqual(JSON.parse(made.place).positions.at(0), { node: 'n2', epoch: 'B', seq: 7, ended: true })
})

test('a slow handler leaves the rest at the gateway, and takes it from where it is', async () => {
  const given = []
  const waiting = []
  const { socket, states } = await subscription(
    { onEvent: e => new Promise(r => (given.push(e.seq), waiting.push(r))) }, { queuedEvents: 3 })
  await socket.subscribed('prices')
  await socket.says(event(1), event(2), event(3), event(4))
  assert.deepEqual(socket.all('Unsubscribe'), [])
  await socket.says(event(5), event(6))
  assert.deepEqual(socket.all('Unsubscribe'), [{ type: 'Unsubscribe', topic: 'prices', id: 'u' }])
  assert.equal(states.at(-1).state, 'behind')
  await socket.says({ type: 'ping', tokens: { prices: 'T6' } }) // event 6 is not here
  await socket.says({ type: 'unsubscribed', topic: 'prices', token: 'T6' })
  while (waiting.length > 0) {
    assert.equal(socket.all('Subscribe').length, 1)
    waiting.shift()()
    await settled()
  }
  assert.deepEqual(given, [1, 2, 3, 4, 5])
  assert.equal(socket.all('Subscribe')[1].from, 'T5')
  await socket.subscribed('prices', 'T5')
  await socket.says(event(6))
  assert.deepEqual(given, [1, 2, 3, 4, 5, 6])
  assert.equal(sockets.length, 1)
})

test('large events count by their characters', async () => {
  const { socket } = await subscription({ onEvent: () => new Promise(() => {}) }, { queuedCharacters: 1_000 })
  await socket.subscribed('prices')
  await socket.says(event(1), event(2, { data: 'x'.repeat(2_000) }))
  assert.equal(socket.all('Unsubscribe').length, 1)
})

test('full batches say that it is behind, and single events that it is not', async () => {
  const { socket, states } = await subscription()
  await socket.subscribed('prices')
  const many = Array.from({ length: 100 }, (_, i) => event(i + 1))
  await socket.says({ type: 'batch', topic: 'prices', data: many, token: 'T100' })
  await socket.says(event(101))
  assert.deepEqual(states.map(s => s.state), ['connecting', 'live', 'behind', 'live'])
})

test('what waits for the handler says that it is behind, too', async () => {
  const waiting = []
  const { socket, states } = await subscription({ onEvent: () => new Promise(done => waiting.push(done)) })
  await socket.subscribed('prices')
  const many = Array.from({ length: 99 }, (_, i) => event(i + 1))
  await socket.says({ type: 'batch', topic: 'prices', data: many, token: 'T99' }, event(100), event(101))
  assert.equal(states.at(-1).state, 'behind')
  while (waiting.length > 0) {
    assert.equal(states.at(-1).state, 'behind')
    waiting.shift()()
    await settled()
  }
  assert.equal(states.at(-1).state, 'live')
})

test('a topic that is subscribed to again waits until the gateway has ended the subscription of before', async () => {
  const { gapless, made, socket } = await subscription()
  await socket.subscribed('prices')
  made.close()
  gapless.subscribe('prices', { onEvent: () => {}, from: 'earliest' })
  await settled()
  assert.equal(socket.all('Subscribe').length, 1)
  await socket.says(event(1), { type: 'unsubscribed', topic: 'prices', token: 'T1' })
  assert.equal(socket.all('Subscribe')[1].from, 'earliest')
})

test('two subscriptions to one topic have a connection each', async () => {
  const { gapless, given, socket } = await subscription()
  await socket.subscribed('prices')
  const others = []
  const other = gapless.subscribe('prices', { onEvent: e => void others.push(e.seq) })
  await settled()
  assert.equal(sockets.length, 2)
  await last().opens()
  await last().subscribed('prices')
  await last().says(event(1))
  await socket.says(event(1), event(2))
  assert.deepEqual([given, others], [[1, 2], [1]])
  other.close()
  assert.ok(last().closedByClient)
  assert.ok(!socket.closedByClient)
})

test('the state of a topic comes with its brackets, and resumes with its token alone', async () => {
  const { given, socket } = await subscription({ state: true, reload: () => assert.fail() })
  assert.deepEqual(socket.all('Subscribe')[0], { type: 'Subscribe', topic: 'prices', id: 's', ids: true, state: true })
  await socket.subscribed('prices', 'S0')
  await socket.says(
    { type: 'snapshot_start', topic: 'prices', complete: true },
    { type: 'event', topic: 'prices', key: 'a', snapshot: true, data: 1 },
    { type: 'snapshot_end', topic: 'prices', token: 'S1', stale: false },
    expired())
  assert.deepEqual(given, ['snapshot_start', 'event', 'snapshot_end', 'cursor_expired'])
  assert.deepEqual(socket.all('Resume'), [])
  await socket.breaks()
  assert.equal((await reconnected()).from, 'S1')
})
