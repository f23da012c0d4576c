import { GaplessError, type Settings } from './api'
import { Backoff } from './backoff'

const LONGEST_TIMER_MS = 2 ** 31 - 1
/** So long before its end at the latest a credential is renewed, or in the last fifth of a short life. */
const AHEAD_MS = 60_000
/** It is not renewed more often than once in so long, however short its life is. */
const RENEW_MS = 1_000

/** Who the application is, for all connections: its function is asked once for all of them, before the credential expires, and when it is refused. */
export class Credential {
  private token: string | null = null
  private asking: Promise<string> | null = null
  private expiresMs = Infinity
  private dueMs = Infinity
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly backoff: Backoff

  /**
   * @param renewed is told a new one
   * @param failed is told why there is no new one yet, while the one before is valid
   */
  constructor(
    private readonly ask: () => string | Promise<string>,
    private readonly settings: Settings,
    private readonly renewed: (token: string) => void,
    private readonly failed: (cause: GaplessError) => void,
  ) {
    this.backoff = new Backoff(2_000, 30_000)
  }

  /** The one that is valid as far as is known, or a new one. */
  async get(): Promise<string> {
    return this.token !== null && Date.now() < this.expiresMs ? this.token : this.fresh()
  }

  /** The gateway has refused it, or says that it is valid no more. */
  refused(token: string | null): void {
    if (token === this.token) this.token = null
  }

  /** The gateway has accepted it, for so long. */
  accepted(token: string, forMs: number | undefined): void {
    if (token !== this.token) return
    this.expiresMs = this.dueMs = Infinity
    clearTimeout(this.timer)
    if (forMs !== undefined) this.expires(token, forMs)
  }

  /** It expires within that time. */
  expires(token: string | null, inMs: number): void {
    const now = Date.now()
    const dueMs = now + Math.max(RENEW_MS, inMs - Math.min(AHEAD_MS, inMs / 5))
    if (token !== this.token || !(dueMs < this.dueMs)) return
    this.expiresMs = now + inMs
    this.renewAt(dueMs)
  }

  private renewAt(dueMs: number): void {
    this.dueMs = dueMs
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.renew(), Math.min(dueMs - Date.now(), LONGEST_TIMER_MS))
  }

  private async renew(): Promise<void> {
    const before = this.token
    let cause: GaplessError
    try {
      const token = await this.fresh()
      if (token !== before) {
        this.backoff.reset()
        this.renewed(token)
        return
      }
      cause = new GaplessError('token_not_renewed', 'The token function returned the token that is about to expire')
    } catch (error) {
      cause = error as GaplessError
    }
    this.failed(cause)
    if (Date.now() < this.expiresMs) this.renewAt(Date.now() + RENEW_MS + this.backoff.nextMs())
  }

  close(): void {
    clearTimeout(this.timer)
  }

  /** One question at a time. */
  private fresh(): Promise<string> {
    this.asking ??= this.answer().finally(() => (this.asking = null))
    return this.asking
  }

  private async answer(): Promise<string> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const { tokenTimeoutMs } = this.settings
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${tokenTimeoutMs} ms (tokenTimeoutMs)`)), tokenTimeoutMs)
      })
      const token = await Promise.race([this.ask(), late])
      if (typeof token !== 'string' || token === '') throw new Error('it returned no text')
      if (token !== this.token) this.expiresMs = this.dueMs = Infinity
      this.token = token
      return token
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new GaplessError('token_failed', `The token function failed: ${why}`, error)
    } finally {
      clearTimeout(timer)
    }
  }
}
