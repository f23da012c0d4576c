package dev.gapless.core.reading;

import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.ReloadPace;
import java.util.OptionalLong;

/** When a subscription may reload, and how often it tries. One thread at a time. */
final class ReloadTimes {
    private final TopicSettings settings;
    private ReloadPace pace;

    /** @param share how much of the jitter it takes, 0 to 1 */
    ReloadTimes(TopicSettings settings, double share) {
        this.settings = settings;
        this.pace = new ReloadPace(settings, share);
    }

    /** From now on it is only told what it missed. */
    void tell() {
        pace = pace.toTell();
    }

    /** The same, at once. */
    void tellAtOnce() {
        pace = pace.toTellAtOnce();
    }

    /** When a reload may begin that is due now. */
    long beginNs(ReadingPhase phase, long nowNs) {
        return phase instanceof ReadingPhase.Waiting waiting ? waiting.untilNs() : pace.mayBeginNs(nowNs, false);
    }

    /** One begins. */
    void begins(long nowNs) {
        pace.begins(nowNs);
    }

    /** The subscription reads on: none is due. */
    void readsOn() {
        pace.readsOn();
    }

    /** After how many nanoseconds to try again what failed so often; empty if that was the last attempt. */
    OptionalLong againInNs(int times) {
        boolean isLast = settings.reloadAttempts() > 0 && times >= settings.reloadAttempts();
        return isLast
                ? OptionalLong.empty()
                : OptionalLong.of(settings.reloadBackoff().waitNs(times - 1));
    }
}
