package dev.gapless.node;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Durations as the configuration has them: {@code 20s}, {@code 500ms}. A number alone is seconds. */
final class DurationConverter implements ITypeConverter<Duration> {
    private static final Duration LONGEST = Duration.ofDays(365);

    @Override
    public Duration convert(String text) {
        String withUnit = text.matches("\\d+") ? text + "s" : text;
        try {
            Duration duration =
                    ConfigFactory.parseMap(Map.of("duration", withUnit)).getDuration("duration");
            if (!duration.isNegative() && !duration.isZero() && duration.compareTo(LONGEST) <= 0) {
                return duration;
            }
        } catch (ConfigException e) {
            // told below
        }
        throw new TypeConversionException("'" + text + "' is not a duration, such as 20s or 500ms, of at most 365d");
    }

    /** The duration that an option gives, whose text was kept until now: to read it loads the configuration's library. */
    static Duration option(String name, String text, CommandSpec spec) {
        try {
            return new DurationConverter().convert(text);
        } catch (TypeConversionException e) {
            throw new ParameterException(spec.commandLine(), name + ": " + e.getMessage(), e);
        }
    }
}
