package dev.gapless.testkit.internal;

import dev.gapless.internal.store.TokenStore;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** The tokens that are stored of one node's named subscriptions: each name has one owner, who opened it last. Not thread-safe. */
final class TestTokens {
    private final Map<TokenStore.Name, Row> rows = new HashMap<>();

    private record Row(UUID owner, long number, String token) {}

    TestTokens copied() {
        TestTokens copied = new TestTokens();
        copied.rows.putAll(rows);
        return copied;
    }

    /** The name is this owner's now. {@return the token that it has; empty if there is none} */
    String open(TokenStore.Name name, UUID owner) {
        Row before = rows.get(name);
        if (before != null && before.owner().equals(owner)) {
            return before.token();
        }
        String token = before == null ? "" : before.token();
        rows.put(name, new Row(owner, 0, token));
        return token;
    }

    /** Stores a token that is newer than the one there. {@return whether the name is this owner's} */
    boolean store(TokenStore.Name name, UUID owner, long number, String token) {
        Row before = rows.get(name);
        if (before == null || !before.owner().equals(owner)) {
            return false;
        }
        if (before.number() < number) {
            rows.put(name, new Row(owner, number, token));
        }
        return true;
    }
}
