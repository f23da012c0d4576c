package dev.gapless.gateway.internal.client;

import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.budget.Share;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.internal.subscribe.Filter;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the subscriptions of one client take in the heap, by topic: their filters, and where they began. For its turns. */
final class SubscriptionHeap {
    /** A producer of a token has its entry, and a place in its stream. */
    private static final int ENTRY_BYTES = 256;

    private final Common common;
    private final Map<String, Long> filters = new HashMap<>();
    private final Map<String, Long> positions = new HashMap<>();
    private Budget.@Nullable Account ofFilters;
    private Budget.@Nullable Account ofPositions;

    SubscriptionHeap(Common common) {
        this.common = common;
    }

    /** Throws {@link RequestException} if there is no room for that; then nothing has changed. */
    void open(SubscribeRequest request, Caller caller) {
        change(request.topic(), request.filter(), caller);
        Budget.Account account = accountOf(ofPositions, Share.POSITIONS, caller);
        ofPositions = account;
        long bytes = bytes(request.start());
        if (!account.add(bytes)) {
            drop(request.topic());
            throw Common.overBudget("The positions have no room", caller.quota());
        }
        positions.put(request.topic(), bytes);
    }

    /** The topic's filter is this one now. Throws {@link RequestException} if there is no room for it; then nothing has changed. */
    void change(String topic, Filter filter, Caller caller) {
        Budget.Account account = accountOf(ofFilters, Share.FILTERS, caller);
        ofFilters = account;
        long bytes = filter.heapBytes();
        long more = bytes - filters.getOrDefault(topic, 0L);
        if (more > 0 && !account.add(more)) {
            throw Common.overBudget("The filter has no room", caller.quota());
        }
        if (more < 0) {
            account.free(-more);
        }
        filters.put(topic, bytes);
    }

    private Budget.Account accountOf(Budget.@Nullable Account known, Share share, Caller caller) {
        if (known == null) {
            return common.budget().account(share, caller.quota());
        }
        known.become(caller.quota());
        return known;
    }

    private static long bytes(StartFrom start) {
        long bytes = 0;
        if (start instanceof StartFrom.Resume resume) {
            for (CursorToken.Entry entry : resume.token().entries()) {
                bytes += ENTRY_BYTES + entry.node().length();
            }
        }
        return bytes;
    }

    /** The subscription is over. Repeating it is harmless. */
    void drop(String topic) {
        free(ofFilters, filters.remove(topic));
        free(ofPositions, positions.remove(topic));
    }

    private static void free(Budget.@Nullable Account account, @Nullable Long bytes) {
        if (account != null && bytes != null) {
            account.free(bytes);
        }
    }
}
