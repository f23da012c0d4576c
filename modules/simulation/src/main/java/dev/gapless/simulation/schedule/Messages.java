package dev.gapless.simulation.schedule;

/** What each kind of message is counted as. */
final class Messages {
    private static final ClassValue<String> SENT = new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
            return "sent " + type.getSimpleName();
        }
    };

    private Messages() {}

    static String sent(Object message) {
        return SENT.get(message.getClass());
    }
}
