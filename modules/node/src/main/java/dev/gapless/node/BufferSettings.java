package dev.gapless.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The size of the rings: by option, else by environment, else by configuration. */
final class BufferSettings {
    private BufferSettings() {}

    /** What goes before the configuration; throws IllegalArgumentException that names what is wrong. */
    static Config of(BufferOptions options, Map<String, String> environment) {
        Map<String, Object> values = new HashMap<>();
        String messages = first(options.messages(), environment.get(BufferOptions.MESSAGES_VARIABLE));
        if (messages != null) {
            String source = options.messages() != null ? "--buffer-messages" : BufferOptions.MESSAGES_VARIABLE;
            values.put("gapless.buffer-messages", positive(source, messages));
        }
        String bytes = first(options.bytes(), environment.get(BufferOptions.BYTES_VARIABLE));
        if (bytes != null) {
            String source = options.bytes() != null ? "--buffer-bytes" : BufferOptions.BYTES_VARIABLE;
            values.put("gapless.buffer-bytes", size(source, bytes));
        }
        return ConfigFactory.parseMap(values, "the buffer options");
    }

    private static @Nullable String first(@Nullable String option, @Nullable String variable) {
        if (option != null) {
            return option;
        }
        return variable == null || variable.isBlank() ? null : variable.strip();
    }

    private static int positive(String source, String text) {
        try {
            int number = Integer.parseInt(text);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException(source + ": '" + text + "' is not a number from 1 to " + Integer.MAX_VALUE);
    }

    private static long size(String source, String text) {
        try {
            long size = ConfigFactory.parseMap(Map.of("size", text)).getBytes("size");
            if (size > 0) {
                return size;
            }
        } catch (ConfigException e) {
            // told below
        }
        throw new IllegalArgumentException(source + ": '" + text + "' is not a size, such as 1048576 or 64MiB");
    }
}
