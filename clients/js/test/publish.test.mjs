import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UnknownOutcome } from '../dist/client.js'
import { client, FakeSocket, last, passes, settled, sockets } from './fake.mjs'

const published = (id, seq = 1) => ({ type: 'published', topic: 'orders', position: { node: 'n1', epoch: 'A', seq }, id })

async function open(options, from) {
  const gapless = client(options)
  const first = gapless.publish('orders', { key: 'a', data: { n: 1 }, headers: { h: 'x' } })
  first.catch(() => {}) // some tests want only what is sent
  await settled()
  await last().opens(from)
  return { gapless, first, socket: last() }
}

test('publishes, and says where the message is', async () => {
  const { first, socket } = await open()
  const [{ idempotency_key, ...sent }] = socket.sent
  assert.deepEqual(sent, { key: 'a', data: { n: 1 }, headers: { h: 'x' }, type: 'Publish', topic: 'orders', id: 'p1' })
  assert.match(idempotency_key, /^[0-9a-f]{24}-1$/)
  await socket.says(published('p1', 7))
  assert.deepEqual(await first, { node: 'n1', epoch: 'A', seq: 7 })
})

test('in order, with a bound for what is on its way', async () => {
  const { gapless, socket } = await open()
  const all = Array.from({ length: 40 }, (_, i) => gapless.publish('orders', { data: i }))
  await settled()
  assert.equal(socket.sent.length, 32)
  for (let i = 1; i <= 41; i++) await socket.says(published(`p${i}`, i))
  assert.deepEqual((await Promise.all(all)).map(at => at.seq), Array.from({ length: 40 }, (_, i) => i + 2))
  assert.deepEqual(socket.sent.slice(1).map(c => c.data), Array.from({ length: 40 }, (_, i) => i))
})

test('a refusal has the code of the gateway', async () => {
  const { first, socket } = await open()
  const outcome = assert.rejects(first, { name: 'GaplessError', code: 'too_large' })
  await socket.says({ type: 'error', code: 'too_large', message: 'too large', topic: 'orders', id: 'p1' })
  await outcome
})

test('a store that did not answer is an outcome that is not known', async () => {
  const { first, socket } = await open()
  const outcome = assert.rejects(first, e => e instanceof UnknownOutcome && e.idempotencyKey === socket.sent[0].idempotency_key)
  await socket.says({ type: 'error', code: 'publish_unknown', message: 'no answer', topic: 'orders', id: 'p1' })
  await outcome
})

test('what was on its way when the connection broke is repeated there with its keys, in front of what was not sent', async () => {
  const { gapless, first, socket } = await open()
  const all = [first, ...Array.from({ length: 33 }, (_, i) => gapless.publish('orders', { data: i }))]
  await settled()
  await socket.says(published('p1', 1))
  const sent = [...socket.sent]
  await socket.breaks()
  await passes(1_000)
  assert.equal(last().url, socket.url)
  await last().opens()
  const again = () => last().sent
  assert.deepEqual(again(), [...sent.slice(1), ...again().slice(sent.length - 1)])
  for (let i = 2; i <= 34; i++) await last().says(published(`p${i}`, i))
  assert.deepEqual(again().map(c => c.id), Array.from({ length: 33 }, (_, i) => `p${i + 2}`))
  assert.equal(new Set(again().map(c => c.idempotency_key)).size, 33)
  assert.deepEqual((await Promise.all(all)).map(at => at.seq), Array.from({ length: 34 }, (_, i) => i + 1))
})

test('another gateway, or the next start of it, does not know what was on its way: it is not repeated there, and its key is told', async () => {
  const { first, socket } = await open()
  const outcome = assert.rejects(first, e => e instanceof UnknownOutcome && e.idempotencyKey === socket.sent[0].idempotency_key)
  await socket.breaks()
  await passes(1_000)
  await last().breaks()
  await passes(1_000)
  assert.notEqual(last().url, socket.url, 'it does not come back there')
  await last().opens(undefined, 'another')
  await outcome
  assert.deepEqual(last().sent, [])
})

test('what was sent may be published, whatever happens then', async () => {
  for (const ends of [({ gapless }) => gapless.close(), () => passes(30_100)]) {
    const opened = await open()
    const outcome = assert.rejects(opened.first, UnknownOutcome)
    await opened.socket.breaks()
    await ends(opened)
    await outcome
  }
})

test('a gateway that stops is not the one that is asked first', async () => {
  const { first, socket } = await open()
  await socket.says({ type: 'closing', reason: 'stops', tokens: {} })
  await socket.breaks(1012)
  await passes(1_000)
  assert.notEqual(last().url, socket.url)
  await last().opens(undefined, 'another')
  await assert.rejects(first, UnknownOutcome)
})

test('a key of the application goes as it is', async () => {
  const { gapless, socket } = await open()
  gapless.publish('orders', { data: 2, idempotencyKey: 'its "own"' }).catch(() => {})
  await settled()
  const { idempotency_key, idempotencyKey } = socket.sent[1]
  assert.deepEqual([idempotency_key, idempotencyKey], ['its "own"', undefined])
})

test('a gateway of before knows no keys: of what was on its way nobody knows; what was not sent is sent by the next one', async () => {
  const { gapless, first, socket } = await open({}, null)
  assert.equal(socket.sent[0].idempotency_key, undefined)
  const rest = Array.from({ length: 33 }, (_, i) => gapless.publish('orders', { data: i }))
  const outcomes = Promise.allSettled([first, ...rest])
  await settled()
  await socket.breaks()
  await passes(1_000)
  await last().opens(null)
  assert.deepEqual(last().sent.map(c => c.data), [31, 32])
  await last().says(published('p33', 1), published('p34', 2))
  const reasons = (await outcomes).map(o => (o.status === 'fulfilled' ? o.value.seq : o.reason.code))
  assert.deepEqual(reasons, [...Array(32).fill('unknown_outcome'), 1, 2])
})

test('while the gateway closes nothing more is sent to it', async () => {
  const { gapless, first, socket } = await open()
  await socket.says(published('p1'))
  await first
  await socket.says({ type: 'closing', reason: 'the credential is valid no more', tokens: {} })
  const second = gapless.publish('orders', { data: 2 })
  await settled()
  assert.equal(socket.sent.length, 1)
  await socket.breaks(1012)
  await passes(200)
  await last().opens()
  await last().says(published('p2', 9))
  assert.equal((await second).seq, 9)
})

test('where no gateway answers in time the message is not published', async () => {
  const gapless = client()
  const outcome = assert.rejects(gapless.publish('orders', { data: 1 }), { code: 'timeout', name: 'GaplessError' })
  await passes(30_100)
  await outcome
  await last().opens()
  assert.deepEqual(last().sent, [])
})

test('an answer that does not come in time leaves it unknown', async () => {
  const { first, socket } = await open()
  const outcome = assert.rejects(first, UnknownOutcome)
  await passes(30_100)
  await outcome
  await socket.says(published('p1'))
})

test('a further one is refused when too many have no answer', async () => {
  const { gapless, first, socket } = await open({ pendingPublishes: 2 })
  const second = gapless.publish('orders', { data: 2 })
  await assert.rejects(gapless.publish('orders', { data: 3 }), { code: 'too_many_pending' })
  await socket.says(published('p1', 1), published('p2', 2))
  assert.deepEqual([(await first).seq, (await second).seq], [1, 2])
  const third = gapless.publish('orders', { data: 3 })
  await settled()
  await socket.says(published('p3', 3))
  assert.equal((await third).seq, 3)
})

test('a socket that has not sent what it was given is given no more', async () => {
  const { gapless, socket } = await open()
  socket.bufferedAmount = 2 << 20
  gapless.publish('orders', { data: 2 }).catch(() => {})
  await settled()
  assert.equal(socket.sent.length, 1)
  socket.bufferedAmount = 0
  await passes(1_000)
  assert.equal(socket.sent.length, 2)
})

test('a message that is too large for a command is refused alone', async () => {
  const { gapless, first, socket } = await open()
  const second = gapless.publish('orders', { data: 'x' })
  const outcomes = Promise.allSettled([first, second])
  await settled()
  await socket.says(published('p1'))
  await socket.breaks(1009, 'too large')
  const [, late] = await outcomes
  assert.equal(late.reason.code, 'too_large')
})

test('what is no JSON is refused, and the message is that of the call', async () => {
  const { gapless, first, socket } = await open()
  const round = {}
  round.round = round
  await assert.rejects(gapless.publish('orders', { data: round }), { code: 'bad_message' })
  await assert.rejects(gapless.publish('orders', { data: 1n }), { code: 'bad_message' })
  const data = { n: 1 }
  socket.bufferedAmount = 2 << 20
  gapless.publish('orders', { data }).catch(() => {})
  data.n = 2
  socket.bufferedAmount = 0
  await passes(1_000)
  assert.deepEqual(socket.sent.at(-1).data, { n: 1 })
  await socket.says(published('p1'))
  await first
})

test('a position beyond 2^53 is not told as another one', async () => {
  const { first, socket } = await open()
  const outcome = assert.rejects(first, { code: 'sequence_too_large' })
  await socket.says('{"type":"published","topic":"orders","position":{"node":"n1","epoch":"A","seq":9007199254740993},"id":"p1"}')
  await outcome
  assert.equal(sockets.length, 1)
  assert.ok(!socket.closedByClient)
})

test('a silent gateway may be busy with a message that waits for room', async () => {
  const { first, socket } = await open({ silenceMs: 5_000, pongTimeoutMs: 2_000 })
  await passes(20_000)
  assert.ok(!socket.closedByClient)
  await socket.says(published('p1'))
  await first
  await passes(9_000)
  assert.ok(socket.closedByClient)
})

test('nobody connects again where nothing is to be published', async () => {
  const { first, socket } = await open()
  await socket.says(published('p1'))
  await first
  await socket.breaks()
  await passes(60_000)
  assert.equal(sockets.length, 1)
})

test('close says that what was not sent is not published', async () => {
  const gapless = client({ WebSocket: FakeSocket })
  const outcome = assert.rejects(gapless.publish('orders', { data: 1 }), { code: 'closed' })
  await settled()
  gapless.close()
  await outcome
})
