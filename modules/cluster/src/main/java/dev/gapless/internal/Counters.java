package dev.gapless.internal;

import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** A number for each constant of an enum; they only rise. Thread-safe, and made for many threads that count. */
@SuppressWarnings("EnumOrdinal") // an index within this process
final class Counters<E extends Enum<E>> {
    private final LongAdder[] numbers;

    Counters(Class<E> type) {
        numbers = Stream.generate(LongAdder::new)
                .limit(type.getEnumConstants().length)
                .toArray(LongAdder[]::new);
    }

    void add(E of, long more) {
        numbers[of.ordinal()].add(more);
    }

    long get(E of) {
        return numbers[of.ordinal()].sum();
    }
}
