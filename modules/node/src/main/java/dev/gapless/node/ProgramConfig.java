package dev.gapless.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The configuration of the program: options, else the file, else the program's own, else the libraries'. */
public final class ProgramConfig {
    /** The command decides when the process ends, and with which status. */
    private static final Config FIXED = ConfigFactory.parseMap(
            Map.of(
                    "pekko.jvm-shutdown-hooks", "off",
                    "pekko.coordinated-shutdown.run-by-jvm-shutdown-hook", "off",
                    "pekko.coordinated-shutdown.exit-jvm", "off"),
            "the program");

    private ProgramConfig() {}

    /** With these options, and a file if there is one; wrong usage is told as the command's. */
    public static Config of(Config options, @Nullable Path file, CommandLine command) {
        if (file != null && (!Files.isReadable(file) || Files.isDirectory(file))) {
            throw new ParameterException(command, "--config: cannot read " + file + ", or it is no file");
        }
        try {
            Config fromFile = file == null
                    ? ConfigFactory.empty()
                    : ConfigFactory.parseFile(
                            file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
            return ConfigFactory.load(FIXED.withFallback(options)
                    .withFallback(fromFile)
                    .withFallback(ConfigFactory.parseResources(
                            ProgramConfig.class.getClassLoader(), "gapless-program.conf")));
        } catch (ConfigException e) {
            throw new Failure("the configuration is wrong: " + e.getMessage(), e);
        }
    }
}
