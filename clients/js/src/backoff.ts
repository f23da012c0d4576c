/** Longer and longer waits, each a random share of what it may be (full jitter): clients that lost one gateway do not come back as one. */
export class Backoff {
  private attempts = 0

  constructor(
    private readonly leastMs: number,
    private readonly mostMs: number,
  ) {}

  nextMs(): number {
    const most = Math.min(this.mostMs, this.leastMs * 2 ** Math.min(this.attempts++, 30))
    return Math.random() * most
  }

  reset(): void {
    this.attempts = 0
  }
}
