package dev.gapless.internal.measure;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A number for each constant of an enum; they only rise, and take no room before. Thread-safe, and made for many threads that
 * count.
 */
@SuppressWarnings("EnumOrdinal") // an index within this process
final class Counters<E extends Enum<E>> {
    private final Class<E> type;
    private volatile @Nullable AtomicReferenceArray<@Nullable LongAdder> numbers;

    Counters(Class<E> type) {
        this.type = type;
    }

    void add(E of, long more) {
        AtomicReferenceArray<@Nullable LongAdder> all = numbers;
        LongAdder number = all == null ? null : all.get(of.ordinal());
        if (number == null) {
            number = begin(of.ordinal());
        }
        number.add(more);
    }

    private synchronized LongAdder begin(int index) {
        AtomicReferenceArray<@Nullable LongAdder> all = numbers;
        if (all == null) {
            all = new AtomicReferenceArray<>(type.getEnumConstants().length);
            numbers = all;
        }
        LongAdder number = all.get(index);
        if (number == null) {
            number = new LongAdder();
            all.set(index, number);
        }
        return number;
    }

    long get(E of) {
        AtomicReferenceArray<@Nullable LongAdder> all = numbers;
        LongAdder number = all == null ? null : all.get(of.ordinal());
        return number == null ? 0 : number.sum();
    }
}
