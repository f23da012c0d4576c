package dev.gapless.simulation.explore;

/** 128 bits that stand for a state. */
record StateFingerprint(long high, long low) {

    static StateFingerprint of(long[] words, int length) {
        long high = 0x9E3779B97F4A7C15L;
        long low = 0xC2B2AE3D27D4EB4FL;
        for (int i = 0; i < length; i++) {
            high = mix(high ^ words[i], 0xFF51AFD7ED558CCDL);
            low = mix(low + words[i], 0xC4CEB9FE1A85EC53L) ^ high >>> 32;
        }
        return new StateFingerprint(mix(high ^ length, 0xC4CEB9FE1A85EC53L), mix(low + length, 0xFF51AFD7ED558CCDL));
    }

    private static long mix(long value, long factor) {
        long mixed = (value ^ value >>> 33) * factor;
        return (mixed ^ mixed >>> 29) * 0x9E3779B97F4A7C15L ^ mixed >>> 32;
    }
}
