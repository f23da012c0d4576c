package dev.gapless;

import java.util.Set;

/** Classes whose objects whoever gets them can change, as far as is known. Subscriptions do not share them. Thread-safe. */
final class MutableClasses {
    private static final Set<String> NAMES =
            Set.of(Payload.class.getName(), "com.fasterxml.jackson.databind.JsonNode", "java.nio.Buffer");

    private static final ClassValue<Boolean> KNOWN = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            Class<?> above = type.getSuperclass();
            return type.isArray() || NAMES.contains(type.getName()) || (above != null && contain(above));
        }
    };

    private MutableClasses() {}

    /** Arrays, payloads, buffers and Jackson's trees, and what is derived from them. */
    static boolean contain(Class<?> type) {
        return KNOWN.get(type);
    }
}
