package dev.gapless.gateway.internal.access;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells which keys of an issuer the gateway ignores, when that changes. One thread at a time. */
final class IgnoredKeys {
    private static final Logger LOG = LoggerFactory.getLogger(IgnoredKeys.class);

    private String told = "";

    /** These keys count from now on; {@code from} says where they are, for people. */
    void tell(Object from, KeySet keys) {
        String why = keys.whyIgnored();
        if (why.equals(told)) {
            return;
        }
        told = why;
        if (why.isEmpty()) {
            LOG.info("The gateway uses all keys of {} now", from);
        } else {
            LOG.warn(
                    "The gateway ignores {} of the keys of {}: {}. JWTs that they signed let nobody in; the other {} count",
                    keys.ignored().size(),
                    from,
                    why,
                    keys.keys().size());
        }
    }
}
