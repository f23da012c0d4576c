import assert from 'node:assert/strict'
import { test } from 'node:test'
import { behind, event, expired, gap, last, passes, settled, sockets, subscription } from './fake.mjs'

const reconnected = async () => {
  await passes(10_000)
  await last().opens()
  return last().all('Subscribe')[0]
}

test('begins with the latest, and comes back behind the last event that it handled', async () => {
  const { given, socket, made } = await subscription()
  assert.deepEqual(socket.all('Subscribe'), [
    { type: 'Subscribe', topic: 'prices', id: 's', from: 'latest', on_lag: 'resync' },
  ])
  assert.equal(socket.url, 'ws://a.test/api/ws?hold=true')
  await socket.subscribed('prices')
  assert.equal(made.place, 'T0')
  await socket.says(event(1))
  assert.deepEqual(JSON.parse(made.place), behind('T0', ['n1', 'A', 1]))
  await socket.says({ type: 'batch', topic: 'prices', data: [event(2), event(3)], token: 'T3' })
  assert.equal(made.place, 'T3')
  await socket.says(event(4), event(5))
  assert.deepEqual(given, [1, 2, 3, 4, 5])
  await socket.breaks()
  assert.deepEqual(JSON.parse((await reconnected()).from), behind('T3', ['n1', 'A', 5]))
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
  assert.deepEqual(last().from(), behind('T0', ['n1', 'A', 1]))
  await last().subscribed('prices', 'T1')
  await last().says(event(2))
  assert.deepEqual(given, [1, 2])
})

test('a token stands behind what came before it: it counts once all of that is handled, and what came since stays', async () => {
  const waiting = []
  const { made, socket } = await subscription({ onEvent: () => new Promise(done => waiting.push(done)) })
  const handled = async () => (waiting.shift()(), await settled())
  await socket.subscribed('prices')
  await socket.says(event(1), event(2), { type: 'pong', tokens: { prices: 'P' } }, event(3), event(1, { node: 'n2', epoch: 'B' }))
  await handled()
  assert.deepEqual(JSON.parse(made.place), behind('T0', ['n1', 'A', 1]))
  await handled()
  assert.equal(made.place, 'P')
  await handled()
  await handled()
  assert.deepEqual(JSON.parse(made.place), behind('P', ['n1', 'A', 3], ['n2', 'B', 1]))
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
  await socket.says(event(1), event(2), { type: 'ping', tokens: { prices: 'P' } })
  assert.deepEqual(stored, [JSON.stringify(behind('T0', ['n1', 'A', 1])), JSON.stringify(behind('T0', ['n1', 'A', 2])), 'P'])
})

for (const from of ['SAVED', JSON.stringify(behind('SAVED', ['n1', 'A', 7], ['n1', 'B', 2, true])), '{"positions":[{"node":"n2","epoch":"B","seq":7,"ended":true}]}']) {
  test(`begins where store was: ${from}`, async () => {
    const { made, socket } = await subscription({ from })
    assert.equal(socket.all('Subscribe')[0].from, from)
    assert.equal(made.place, from)
    await socket.subscribed('prices', 'T0')
    assert.equal(made.place, 'T0')
  })
}

for (const from of ['{', '{}', '{"then":[]}', '{"token":"T","then":7}', '{"positions":7}']) {
  test(`what was never stored is shown to the gateway, which says what is wrong with it: ${from}`, async () => {
    const { socket, states } = await subscription({ from })
    assert.equal(socket.all('Subscribe')[0].from, from)
    await socket.says({ type: 'error', code: 'bad_token', message: 'no', topic: 'prices', id: 's' })
    assert.deepEqual([states.at(-1).state, states.at(-1).cause.code], ['ended', 'bad_token'])
  })
}

test('filters go into the command, with the bound of a message', async () => {
  const { socket } = await subscription({ nodes: ['n1'], keys: ['7/*'], maxMessageBytes: 10, reload: () => {} })
  assert.deepEqual(socket.all('Subscribe')[0], {
    type: 'Subscribe', topic: 'prices', id: 's', from: 'latest', filter: { nodes: ['n1'], keys: ['7/*'] },
    on_lag: 'pause', max_message_bytes: 10,
  })
})

test('behind a gap stands the position at which its stream goes on', async () => {
  const { given, socket } = await subscription()
  await socket.subscribed('prices')
  await socket.says(event(1), event(2), expired())
  assert.deepEqual(given, [1, 2, 'cursor_expired'])
  await socket.breaks()
  assert.deepEqual(JSON.parse((await reconnected()).from), behind('FRONT', ['n1', 'A', 6]))
})

test('two streams of one node have a place each, whatever is told of another node', async () => {
  const { made, socket } = await subscription()
  await socket.subscribed('prices', 'T0', [{ node: 'n1', epoch: 'A', seq: 800 }, { node: 'n1', epoch: 'B', seq: 0 }, { node: 'n2', epoch: 'C', seq: 2 }])
  await socket.says(event(801), event(1, { epoch: 'B' }))
  assert.deepEqual(JSON.parse(made.place), behind('T0', ['n1', 'A', 801], ['n1', 'B', 1]))
  await socket.says(expired([gap({ node: 'n2', epoch: 'C' })]), event(802), event(2, { epoch: 'B' }))
  assert.deepEqual(JSON.parse(made.place), behind('FRONT', ['n2', 'C', 6], ['n1', 'A', 802], ['n1', 'B', 2]))
})

test('a stream is known by its epoch, also if its node was called by its address before', async () => {
  const { made, socket } = await subscription()
  await socket.subscribed('prices', 'T0', [{ node: '127.0.0.1:25520', epoch: 'A', seq: 5 }])
  await socket.says(event(6))
  assert.deepEqual(JSON.parse(made.place), behind('T0', ['n1', 'A', 6]))
})

const lost = { reason: 'PRODUCER_LOST', resumes_epoch: null, resumes_at: null }

test('a gap ends its stream where that does not go on, and the one that follows has its own place', async () => {
  const { made, socket } = await subscription()
  const then = () => JSON.parse(made.place).then
  await socket.subscribed('prices')
  await socket.says(expired([gap(lost)]))
  assert.deepEqual(then(), [{ node: 'n1', epoch: 'A', seq: 2, ended: true }])
  await socket.says(event(7))
  assert.deepEqual(then(), [{ node: 'n1', epoch: 'A', seq: 7 }], 'it goes on after all')
  await socket.says(expired([gap({ reason: 'PRODUCER_RESTARTED', epoch: 'B', missed: null, resumes_epoch: 'C', resumes_at: 1 })]))
  assert.deepEqual(then(), [{ node: 'n1', epoch: 'C', seq: 0 }, { node: 'n1', epoch: 'B', seq: 2, ended: true }])
})

test('the gaps of one notice may come in any order', async () => {
  const restarted = gap({ reason: 'PRODUCER_RESTARTED', resumes_epoch: 'B', resumes_at: 1 })
  const cases = [
    [gap({ epoch: 'B', first_missing: 1, missed: 9, resumes_epoch: 'B', resumes_at: 10 }), { seq: 9 }],
    [gap({ ...lost, epoch: 'B', first_missing: 6, missed: 4 }), { seq: 5, ended: true }],
    [gap({ ...lost, epoch: 'B', first_missing: null, missed: null }), { seq: 0, ended: true }],
  ]
  for (const [of, place] of cases) {
    for (const gaps of [[restarted, of], [of, restarted]]) {
      const { made, socket } = await subscription()
      await socket.subscribed('prices')
      await socket.says(expired(gaps))
      const { then } = JSON.parse(made.place)
      assert.deepEqual(then.find(one => one.epoch === 'B'), { node: 'n1', epoch: 'B', ...place })
      assert.deepEqual(then.find(one => one.epoch === 'A'), { node: 'n1', epoch: 'A', seq: 2, ended: true })
    }
  }
})

test('of a stream whose sequence nobody knows nothing stands behind the token', async () => {
  const { made, socket } = await subscription()
  await socket.subscribed('prices', 'T0', [{ node: 'n1', epoch: 'A', seq: null }, { node: 'n2', epoch: 'B', seq: 4 }])
  const unknown = { ...lost, first_missing: null, missed: null }
  await socket.says(expired([gap(unknown), gap({ ...unknown, node: 'n2', epoch: 'B' }), gap({ ...unknown, epoch: null })]))
  assert.equal(made.place, 'FRONT')
})

test('a producer that left has ended, and the application is not told', async () => {
  const { made, given, socket } = await subscription()
  await socket.subscribed('prices')
  await socket.says({ type: 'producer_left', topic: 'prices', node: 'n1', epoch: 'A', seq: 9, clean: true })
  assert.deepEqual(JSON.parse(made.place), behind('T0', ['n1', 'A', 9, true]))
  assert.deepEqual(given, [])
})

const general = gap({ node: null, reason: 'POSITION_UNKNOWN', epoch: null, first_missing: null, missed: null, resumes_epoch: null, resumes_at: null })

test('behind every gap the gateway is asked for a token: of a gap of no node nothing else shows that it was told', async () => {
  const { made, socket } = await subscription()
  await socket.subscribed('prices')
  await socket.says(expired([general]))
  assert.equal(made.place, 'FRONT')
  assert.equal(socket.all('Ping').length, 1)
  await socket.says(event(1), { type: 'pong', tokens: { prices: 'BEHIND' } })
  assert.equal(made.place, 'BEHIND')
  await socket.says(expired())
  assert.equal(socket.all('Ping').length, 2)
})

test('a place that grows long is made short by a token, which is asked for once', async () => {
  const { made, socket } = await subscription()
  await socket.subscribed('prices')
  for (let i = 1; i <= 150; i++) await socket.says(event(1, { epoch: `E${i}` }))
  assert.equal(JSON.parse(made.place).then.length, 150)
  assert.equal(socket.all('Ping').length, 1)
  await socket.says({ type: 'pong', tokens: { prices: 'P' } })
  assert.equal(made.place, 'P')
  for (let i = 1; i <= 150; i++) await socket.says(event(2, { epoch: `E${i}` }))
  assert.equal(socket.all('Ping').length, 2)
})

test('a place is never longer than a gateway takes', async () => {
  const { made, socket } = await subscription()
  await socket.subscribed('prices')
  await socket.says(...Array.from({ length: 1_000 }, (_, i) => event(1, { epoch: `E${i}` })))
  assert.equal(JSON.parse(made.place).then.length, 1_000)
  await socket.says(event(1, { epoch: 'one more' }))
  assert.ok(JSON.parse(made.place).positions.length > 1_000)
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
  assert.deepEqual(socket.from(), behind('T0', ['n1', 'A', 5]))
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
