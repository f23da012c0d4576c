import { GaplessError, type Gap, type Position } from './api'

type Entry = { node: string; epoch: string; seq: number | null; ended?: true }

/** So many entries a gateway takes behind a token. */
const MOST_ENTRIES = 1_000
/** With so many a place is long, and a new token makes it short. */
const MANY_ENTRIES = 100

/**
 * How far a subscription has got: a gateway's token, and behind it the streams that went on since. An entry replaces what the token says of its
 * stream; a new token empties the list. A gateway of before takes no list behind a token. Positions of all streams are kept for it, by the rules
 * of docs/gateway.md ("Positions and tokens"). The epoch is the id of a stream: a node may have several.
 */
export class Place {
  /** Does the gateway take what came since a token? */
  takesThen = true
  private token: string | null
  private readonly then = new Map<string, Entry>()
  private readonly streams = new Map<string, Entry>()

  constructor(from: string | null | undefined) {
    this.token = from ?? null
    if (!from?.startsWith('{')) return
    try {
      const { token, then = [], positions = [] } = JSON.parse(from)
      for (const entry of positions) this.streams.set(entry.epoch, entry)
      for (const entry of then) this.then.set(entry.epoch, entry)
      this.token = token ?? from
    } catch {
      this.then.clear() // the gateway says what is wrong with it
    }
  }

  /** To resume here; null if it is not known where this is. */
  text(): string | null {
    if (this.then.size === 0) return this.token
    if (this.takesThen && this.then.size <= MOST_ENTRIES) return JSON.stringify({ token: this.token, then: [...this.then.values()] })
    // Of a place that was stored the other streams are not known: what came since its token comes again.
    return this.streams.size > 0 ? JSON.stringify({ positions: [...this.streams.values()] }) : this.token
  }

  /** Is it worth a token? */
  isLong(): boolean {
    return this.then.size >= MANY_ENTRIES
  }

  /** The subscription is there. A gateway of before does not list streams that have ended: those that are known stay. */
  begin(positions: Entry[], token: string): void {
    this.at(token)
    if (this.takesThen) this.streams.clear()
    for (const { node, epoch, seq, ended } of positions) {
      if (seq !== null || !this.streams.has(epoch)) this.keep({ node, epoch, seq: seq === null ? null : sequence(seq), ended })
    }
  }

  event({ node, epoch, seq }: Position, token: string | undefined): void {
    this.put({ node, epoch, seq: sequence(seq) })
    if (token) this.at(token)
  }

  left({ node, epoch, seq }: Position, token: string | undefined): void {
    this.put({ node, epoch, seq: sequence(seq), ended: true })
    if (token) this.at(token)
  }

  /**
   * One notice, behind its token. Its gaps may come in any order. What resumes in a stream of which it tells, too, goes by what it tells of that
   * one.
   */
  gaps(gaps: Gap[], token: string | undefined): void {
    if (token) this.at(token)
    const all = gaps.filter(gap => gap.node !== null) as (Gap & { node: string })[]
    const others = all.filter(gap => gap.epoch !== gap.resumes_epoch)
    for (const gap of others) this.resumes(gap)
    for (const { node, epoch, first_missing } of others) {
      if (epoch === null) continue
      const known = this.then.get(epoch)
      if (first_missing !== null) this.put({ node, epoch, seq: sequence(first_missing) - 1, ended: true })
      else if (known) this.put({ ...known, ended: true })
      else this.keep({ node, epoch, seq: this.streams.get(epoch)?.seq ?? null, ended: true })
    }
    for (const gap of all) if (gap.epoch === gap.resumes_epoch) this.resumes(gap)
  }

  private resumes({ node, resumes_epoch, resumes_at }: Gap & { node: string }): void {
    if (resumes_epoch !== null && resumes_at !== null) this.put({ node, epoch: resumes_epoch, seq: sequence(resumes_at) - 1 })
  }

  /** It came since the token. */
  private put(entry: Entry): void {
    this.then.set(entry.epoch, entry)
    this.keep(entry)
  }

  /** As many streams as a token names. */
  private keep(entry: Entry): void {
    this.streams.set(entry.epoch, entry)
    if (this.streams.size <= MOST_ENTRIES) return
    for (const one of this.streams.values()) {
      if (one.ended) {
        this.streams.delete(one.epoch)
        return
      }
    }
  }

  /** A token that stands behind all of this. */
  at(token: string): void {
    this.token = token
    this.then.clear()
  }
}

/** JSON's numbers are doubles here. One that a double does not hold would be another position. */
export function sequence(seq: number): number {
  if (!Number.isSafeInteger(seq)) {
    throw new GaplessError('sequence_too_large', `The sequence ${seq} is not one that JavaScript can count to (2^53)`)
  }
  return seq
}
