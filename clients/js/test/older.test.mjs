// Gateways of before do not take what came since a token: each event is asked for with its token, and behind a gap stand positions.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { behind, event, expired, gap, last, passes, settled, subscription, withToken } from './fake.mjs'

const older = options => subscription(options, {}, null)

const reconnected = async (from = null) => {
  await passes(10_000)
  await last().opens(from)
}

for (const from of [null, [], ['latest', 'token', 'positions'], 7, {}]) {
  test(`a gateway that does not say that it takes what came since a token is asked for ids: ${JSON.stringify(from)}`, async () => {
    const { made, socket } = await subscription({}, {}, from)
    assert.equal(socket.all('Subscribe')[0].ids, true)
    await socket.subscribed('prices')
    await socket.says(withToken(1), { type: 'batch', topic: 'prices', data: [withToken(2), withToken(3)], token: 'T3' })
    assert.equal(made.place, 'T3')
    await socket.breaks()
    await reconnected()
    assert.equal(last().from(), 'T3')
  })
}

test('behind a gap stand the positions of all streams, until there is a token', async () => {
  const { made, given, socket } = await older()
  await socket.subscribed('prices', 'T0', [{ node: 'n1', epoch: 'A', seq: 1 }, { node: 'n2', epoch: 'B', seq: 7 }])
  await socket.says(withToken(2), expired())
  assert.deepEqual(given, [2, 'cursor_expired'])
  await socket.breaks()
  await reconnected()
  assert.deepEqual(last().from(), { positions: [{ node: 'n1', epoch: 'A', seq: 6 }, { node: 'n2', epoch: 'B', seq: 7 }] })
  await last().subscribed('prices', 'T6', [{ node: 'n1', epoch: 'A', seq: 6 }, { node: 'n2', epoch: 'B', seq: 7 }])
  await last().says(expired(), withToken(7))
  assert.equal(made.place, 'T7')
})

test('two streams of one node have a position each: a gap of another node loses neither', async () => {
  const { made, socket } = await older()
  await socket.subscribed('prices', 'T0', [{ node: 'n1', epoch: 'A', seq: 800 }, { node: 'n1', epoch: 'B', seq: 0 }, { node: 'n2', epoch: 'C', seq: 2 }])
  await socket.says(expired([gap({ node: 'n2', epoch: 'C' })]))
  assert.deepEqual(JSON.parse(made.place).positions, [
    { node: 'n1', epoch: 'A', seq: 800 }, { node: 'n1', epoch: 'B', seq: 0 }, { node: 'n2', epoch: 'C', seq: 6 },
  ])
})

test('a node that was called by its address has one position, under the name that its events have', async () => {
  const { made, socket } = await older()
  await socket.subscribed('prices', 'T0', [{ node: '127.0.0.1:25520', epoch: 'A', seq: 5 }])
  await socket.says(withToken(6), expired([gap({ node: 'n2', epoch: 'C' })]))
  assert.deepEqual(JSON.parse(made.place).positions, [{ node: 'n1', epoch: 'A', seq: 6 }, { node: 'n2', epoch: 'C', seq: 6 }])
})

test('streams that ended keep their position over a connection, though the gateway does not list them', async () => {
  const { made, socket } = await older()
  const lost = { reason: 'PRODUCER_LOST', first_missing: 6, resumes_epoch: null, resumes_at: null }
  const ended = { node: 'n1', epoch: 'A', seq: 5, ended: true }
  const positions = () => JSON.parse(made.place).positions
  await socket.subscribed('prices', 'T0', [{ node: 'n1', epoch: 'A', seq: 5 }, { node: 'n2', epoch: 'B', seq: null }])
  await socket.says(expired([gap(lost)]))
  assert.deepEqual(positions(), [ended, { node: 'n2', epoch: 'B', seq: null }])
  await socket.breaks()
  await reconnected()
  await last().subscribed('prices', 'T1', [{ node: 'n2', epoch: 'B', seq: 3 }])
  await last().says(event(4, { node: 'n2', epoch: 'B' }))
  assert.deepEqual(positions(), [ended, { node: 'n2', epoch: 'B', seq: 4 }])
})

test('a stream whose place is not known takes no place that is', async () => {
  const { made, socket } = await older()
  await socket.subscribed('prices', 'T0', [{ node: 'n1', epoch: 'A', seq: 5 }])
  await socket.breaks()
  await reconnected()
  await last().subscribed('prices', 'T0', [{ node: 'n1', epoch: 'A', seq: null }])
  await last().says(event(1, { node: 'n2', epoch: 'B' }))
  assert.deepEqual(JSON.parse(made.place).positions[0], { node: 'n1', epoch: 'A', seq: 5 })
})

test('of streams that ended only so many are kept as a gateway takes', async () => {
  const { made, socket } = await older()
  await socket.subscribed('prices', 'T0', [{ node: 'n0', epoch: 'lives', seq: 5 }])
  for (let i = 0; i < 1_500; i++) await socket.says({ type: 'producer_left', topic: 'prices', node: 'n1', epoch: `E${i}`, seq: 1, token: `T${i}` })
  await socket.says(expired())
  const { positions } = JSON.parse(made.place)
  assert.equal(positions.length, 1_000)
  assert.deepEqual(positions[0], { node: 'n0', epoch: 'lives', seq: 5 })
})

test('positions that were stored are sent as they are, and stay behind a gap', async () => {
  const from = '{"positions":[{"node":"n2","epoch":"B","seq":7,"ended":true}]}'
  const { made, socket } = await older({ from })
  assert.equal(socket.all('Subscribe')[0].from, from)
  await socket.subscribed('prices', 'T0', [])
  await socket.says(event(1))
  assert.deepEqual(JSON.parse(made.place).positions, [{ node: 'n2', epoch: 'B', seq: 7, ended: true }, { node: 'n1', epoch: 'A', seq: 1 }])
})

test('a place of a later gateway is one of its positions here, and the token alone if it was stored: what came since comes again', async () => {
  const { made, socket } = await subscription()
  await socket.subscribed('prices', 'T0', [{ node: 'n1', epoch: 'A', seq: 0 }, { node: 'n2', epoch: 'B', seq: 7 }])
  await socket.says(event(1))
  const stored = made.place
  assert.deepEqual(JSON.parse(stored), behind('T0', ['n1', 'A', 1]))
  await socket.breaks()
  await reconnected()
  assert.deepEqual(last().from(), { positions: [{ node: 'n1', epoch: 'A', seq: 1 }, { node: 'n2', epoch: 'B', seq: 7 }] })
  const other = await older({ from: stored })
  assert.equal(other.socket.from(), 'T0')
})

test('a later gateway is asked for no ids, and takes what came since', async () => {
  const { socket } = await older()
  await socket.subscribed('prices')
  await socket.says(withToken(1))
  await socket.breaks()
  await reconnected(['then'])
  assert.equal(last().from(), 'T1')
  assert.equal(last().all('Subscribe')[0].ids, undefined)
  await last().subscribed('prices', 'T1')
  await last().says(event(2))
  await last().breaks()
  await reconnected(['then'])
  assert.deepEqual(last().from(), behind('T1', ['n1', 'A', 2]))
})

test('an answer to a ping leads behind a gap here, too', async () => {
  const { made, socket } = await older({ reload: () => {} })
  await socket.subscribed('prices')
  await socket.says(expired())
  await passes(1)
  await settled()
  assert.deepEqual(JSON.parse(made.place).positions, [{ node: 'n1', epoch: 'A', seq: 6 }])
  await socket.says({ type: 'pong', tokens: { prices: 'BEHIND' } })
  assert.equal(made.place, 'BEHIND')
})
