import { GaplessError, type Gap, type Settings } from './api'
import { Backoff } from './backoff'

type Reload = (gaps: Gap[]) => void | Promise<void>

/** Who waits for a run. */
interface Waiting {
  readonly isOver: boolean
  done(): void
  failed(error: GaplessError): void
}

/** The runs of one function: one at a time, and one more for what comes meanwhile. */
class Runs {
  private gaps: Gap[] = []
  private waiting: Waiting[] = []
  private running = false
  private endedMs = -Infinity
  private readonly backoff: Backoff

  constructor(
    private readonly reload: Reload,
    private readonly settings: Settings,
  ) {
    this.backoff = new Backoff(2 * settings.reloadDistanceMs, settings.reloadMaxMs)
  }

  add(gaps: Gap[], waiting: Waiting): void {
    this.gaps.push(...gaps)
    this.waiting.push(waiting)
    if (!this.running) {
      this.running = true
      this.later(0)
    }
  }

  private later(atLeastMs: number): void {
    const distance = this.endedMs + this.settings.reloadDistanceMs - Date.now()
    setTimeout(() => void this.run(), Math.max(distance, atLeastMs, 0) + Math.random() * this.settings.reloadJitterMs)
  }

  private async run(): Promise<void> {
    const { gaps, waiting } = this
    this.gaps = []
    this.waiting = []
    let wait = 0
    try {
      await this.reload(gaps)
      this.backoff.reset()
      this.endedMs = Date.now()
      for (const one of waiting) one.done()
    } catch (error) {
      this.endedMs = Date.now()
      wait = this.backoff.nextMs()
      const cause = new GaplessError('reload_failed', `The reload failed, and is repeated: ${error}`, error)
      for (const one of waiting) one.failed(cause)
      if (waiting.some(one => !one.isOver)) {
        this.gaps.unshift(...gaps)
        this.waiting.unshift(...waiting)
      }
    }
    if (this.waiting.length > 0) {
      this.later(wait)
    } else {
      this.running = false
    }
  }
}

/** Subscriptions with the same function share its runs. */
export class Reloads {
  private readonly all = new WeakMap<Reload, Runs>()

  constructor(private readonly settings: Settings) {}

  /** Is fulfilled when a run has succeeded that began after this. */
  run(reload: Reload, gaps: Gap[], isOver: () => boolean, failed: (error: GaplessError) => void): Promise<void> {
    return new Promise(done => {
      let runs = this.all.get(reload)
      if (!runs) {
        runs = new Runs(reload, this.settings)
        this.all.set(reload, runs)
      }
      runs.add(gaps, {
        get isOver() {
          return isOver()
        },
        done,
        failed,
      })
    })
  }
}
