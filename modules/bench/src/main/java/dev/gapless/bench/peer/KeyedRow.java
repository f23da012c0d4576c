package dev.gapless.bench.peer;

/** A row with a key and a version, as tables have them. */
public record KeyedRow(String key, long version, double value) {
    /** Primes: each pass over the keys has another order. */
    private static final long[] STRIDES = {7_919, 104_729, 611_953, 1_299_709};

    /** The row with this number, from 0 on. As many in a row as there are keys have each of them once. The name of a key says nothing of others. */
    public static KeyedRow of(long number, int keys) {
        long pass = number / keys;
        long index = number % keys * STRIDES[(int) (pass % STRIDES.length)] % keys;
        return new KeyedRow("key-" + Long.toHexString(mixed(index)), number, number * 1e-4);
    }

    private static long mixed(long index) {
        long mixed = (index + 1) * 0xBF58476D1CE4E5B9L;
        return (mixed ^ (mixed >>> 31)) * 0x94D049BB133111EBL;
    }
}
