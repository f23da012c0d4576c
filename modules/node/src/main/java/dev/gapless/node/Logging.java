package dev.gapless.node;

/** Chooses logback's configuration, which is read when the first logger is made. */
final class Logging {
    private static final String PROPERTY = "logback.configurationFile";

    private Logging() {}

    /**
     * Unless the user has chosen.
     *
     * @param configuration a file, or a resource of the program
     */
    static void configure(String configuration) {
        if (System.getProperty(PROPERTY) == null) {
            System.setProperty(PROPERTY, configuration);
        }
    }
}
