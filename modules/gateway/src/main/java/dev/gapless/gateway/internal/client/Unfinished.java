package dev.gapless.gateway.internal.client;

import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory of what all clients together have sent that is not dealt with yet: commands, messages and bodies that have not come to their
 * end, or wait. Whoever would go beyond the bound is refused; all others go on. Thread-safe.
 */
public final class Unfinished {
    private final long most;
    private final int small;
    private final AtomicLong bytes = new AtomicLong();

    /** What one client has sent. Thread-safe. */
    public final class Account {
        private long own;

        private Account() {}

        /** It takes so many bytes more. {@return false if there is no room for them; then nothing has changed} */
        public synchronized boolean add(long more) {
            long counted = counted(own + more) - counted(own);
            if (counted > 0 && bytes.addAndGet(counted) > most) {
                bytes.addAndGet(-counted);
                return false;
            }
            own += more;
            return true;
        }

        /** So many of them are dealt with. */
        public synchronized void free(long less) {
            bytes.addAndGet(counted(own - less) - counted(own));
            own -= less;
        }

        /** All of it is dealt with but so many bytes, of those that there are. Repeating it is harmless. */
        public synchronized void keep(long rest) {
            free(own - rest);
        }

        /** All of it is dealt with. Repeating it is harmless. */
        public void clear() {
            keep(0);
        }
    }

    /**
     * With nothing.
     *
     * @param most how many bytes there may be
     * @param small so many bytes of each client are not counted, so that those who send little notice nothing of the others
     */
    public Unfinished(long most, int small) {
        this.most = most;
        this.small = small;
    }

    private long counted(long own) {
        return Math.max(0, own - small);
    }

    /** That of a client which has sent nothing. */
    public Account account() {
        return new Account();
    }

    /** What whoever goes beyond the bound is told. */
    public static RequestException refusal() {
        return new RequestException(Kind.OVERLOADED, Closing.OVERLOADED.reason());
    }

    /** How many bytes there are. */
    public long bytes() {
        return bytes.get();
    }
}
