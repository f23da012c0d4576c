package dev.gapless.bench.peer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.IOException;

/**
 * A message of a class, as applications have them.
 *
 * @param number from 1 on
 * @param intendedNs when it was to be sent, as of System.nanoTime(); 0 if at no certain time
 */
public record Quote(long number, long intendedNs, String symbol, double bid, double ask, long volume, String venue) {
    private static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());

    /** The one with this number. */
    public static Quote of(long number, long intendedNs) {
        return new Quote(number, intendedNs, "EURUSD", 1.0834 + number, 1.0836 + number, number * 1_000, "XFRA");
    }

    /** Is it as it was made? The name is no property's, for Jackson. */
    public boolean matchesNumber() {
        return equals(of(number, intendedNs));
    }

    /** The same, written and read by Jackson itself. */
    public Quote copied() throws IOException {
        return CBOR.readValue(CBOR.writeValueAsBytes(this), Quote.class);
    }
}
