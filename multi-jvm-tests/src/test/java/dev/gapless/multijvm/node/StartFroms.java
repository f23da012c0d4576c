package dev.gapless.multijvm.node;

import dev.gapless.StartFrom;

/** Where a subscription begins, as an argument says it: latest, earliest, or a token. */
final class StartFroms {
    private StartFroms() {}

    static StartFrom parse(String from) {
        return switch (from) {
            case "latest" -> StartFrom.latest();
            case "earliest" -> StartFrom.earliest();
            default -> StartFrom.token(from);
        };
    }
}
