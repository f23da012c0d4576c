import { GaplessError, type Gap, type Position } from './api'

type Entry = { node: string; epoch: string; seq: number | null; ended?: true }

/**
 * How far a subscription has got. The gateway's tokens say it best: they know of streams that ended, and of what a filter passed over. Behind a
 * gap there is none until something follows, so positions are kept beside, by the rules of docs/gateway.md ("Positions and tokens").
 */
export class Place {
  private token: string | null
  private readonly entries = new Map<string, Entry>()

  constructor(from: string | null | undefined) {
    this.token = from ?? null
    if (from?.startsWith('{')) {
      try {
        for (const entry of JSON.parse(from).positions) this.entries.set(entry.node, entry)
      } catch {
        // the gateway says what is wrong with it
      }
    }
  }

  /** To resume here; null if it is not known where this is. */
  text(): string | null {
    return this.token ?? (this.entries.size > 0 ? JSON.stringify({ positions: [...this.entries.values()] }) : null)
  }

  /** The subscription is there. Streams that have ended are not listed. */
  begin(positions: Entry[], token: string): void {
    for (const { node, epoch, seq } of positions) {
      if (seq !== null) {
        this.entries.set(node, { node, epoch, seq: sequence(seq) })
      } else if (!this.entries.has(node)) {
        this.entries.set(node, { node, epoch, seq })
      }
    }
    this.token = token
  }

  event({ node, epoch, seq }: Position, token: string | undefined): void {
    this.entries.set(node, { node, epoch, seq: sequence(seq) })
    this.token = token ?? null
  }

  left({ node, epoch, seq }: Position, token: string | undefined): void {
    this.event({ node, epoch, seq }, token)
    this.ends(node)
  }

  private ends(node: string): void {
    const entry = this.entries.get(node)
    if (entry) entry.ended = true
  }

  gaps(gaps: Gap[]): void {
    for (const { node, epoch, first_missing, resumes_epoch, resumes_at } of gaps) {
      if (node === null) continue
      if (resumes_epoch !== null && resumes_at !== null) {
        this.entries.set(node, { node, epoch: resumes_epoch, seq: sequence(resumes_at) - 1 })
        continue
      }
      if (!this.entries.has(node) && epoch !== null) {
        this.entries.set(node, { node, epoch, seq: first_missing === null ? null : sequence(first_missing) - 1 })
      }
      this.ends(node)
    }
    this.token = null
  }

  at(token: string): void {
    this.token = token
  }
}

/** JSON's numbers are doubles here. One that a double does not hold would be another position. */
export function sequence(seq: number): number {
  if (!Number.isSafeInteger(seq)) {
    throw new GaplessError('sequence_too_large', `The sequence ${seq} is not one that JavaScript can count to (2^53)`)
  }
  return seq
}
