package dev.gapless.multijvm;

import dev.gapless.core.CursorToken;

/** What stands in a token. */
final class Cursors {
    private Cursors() {}

    static long sequence(String token, String node) {
        return CursorToken.parse(token).positions().get(node).sequence();
    }
}
