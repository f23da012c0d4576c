package dev.gapless.node;

import org.slf4j.bridge.SLF4JBridgeHandler;

/** All logging of the program goes to logback, whose configuration is read when the first line is logged. */
final class Logging {
    private static final String PROPERTY = "logback.configurationFile";

    private Logging() {}

    /** What libraries log with java.util.logging goes there, too: gRPC does. */
    static void takeJavaLogging() {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    /**
     * Chooses logback's configuration, unless the user has chosen.
     *
     * @param configuration a file, or a resource of the program
     */
    static void configure(String configuration) {
        if (System.getProperty(PROPERTY) == null) {
            System.setProperty(PROPERTY, configuration);
        }
    }
}
