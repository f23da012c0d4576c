package dev.gapless.durable;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import dev.gapless.internal.store.TakeOver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings under {@code gapless.journal}, checked when the actor system starts. Immutable. */
final class JournalSettings {
    /** Where Pekko finds the plugin's configuration. */
    static final String PLUGIN = "gapless-journal";

    /** That of reference.conf: it tells nothing, and is a word of many texts. */
    private static final String DEFAULT_USER = "gapless";

    private static final int MOST_CONNECTIONS = 1_000;
    private static final int MOST_WAITING = 1_000_000;
    private static final Duration SHORTEST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Duration LONGEST_WAIT = Duration.ofDays(100);
    private static final int MOST_STAND_INS = 100;
    private static final int LAST_PORT = 65_535;

    /** Which database there is. */
    enum Database {
        H2("slick.jdbc.H2Profile$"),
        POSTGRESQL("slick.jdbc.PostgresProfile$");

        private final String profile;

        Database(String profile) {
            this.profile = profile;
        }
    }

    final Database database;
    /** Null if the database is a server's. */
    final @Nullable EmbeddedDirectory directory;
    /** Without what may be secret: {@link #properties} has that. */
    final String url;

    private final Map<String, String> properties = new LinkedHashMap<>();
    private final Secrets secrets;
    /** Of an embedded database: is each commit forced to the disk? */
    private final boolean isForced;

    final boolean createTables;
    final boolean refusesUnsafe;
    final int startsKept;
    /** Null if this node takes over no log of another one. */
    final @Nullable TakeOver takeOver;

    private final int connections;
    private final Duration connectionTimeout;
    private final Duration socketTimeout;
    private final int queueSize;

    /** Throws ConfigException that names the key if one is wrong. */
    JournalSettings(Config system) {
        Config c = system.getConfig("gapless.journal");
        this.database = switch (c.getString("database")) {
            case "h2" -> Database.H2;
            case "postgresql" -> Database.POSTGRESQL;
            default -> throw bad("database", c.getString("database"), "h2 or postgresql");
        };
        this.directory = database == Database.H2 ? directory(c, system) : null;
        this.isForced = c.getBoolean("sync");
        this.createTables = c.getBoolean("create-tables");
        this.refusesUnsafe = switch (c.getString("unsafe-server")) {
            case "refuse" -> true;
            case "warn" -> false;
            default -> throw bad("unsafe-server", c.getString("unsafe-server"), "refuse or warn");
        };
        this.connections = number(c, "connections", 1, MOST_CONNECTIONS);
        this.queueSize = number(c, "queue-size", connections, MOST_WAITING);
        this.startsKept = number(c, "starts-kept", 1, MOST_WAITING);
        this.takeOver = takeOver(c);
        this.connectionTimeout = duration(c, "connection-timeout");
        this.socketTimeout = duration(c, "socket-timeout");
        if (directory != null) {
            this.url = embedded(directory);
            this.secrets = new Secrets(List.of());
            properties.put("user", "gapless");
            properties.put("password", "");
        } else {
            ServerUrl server = server(c);
            this.url = server.place();
            setProperties(c.getString("user"), c.getString("password"));
            properties.putAll(server.parameters()); // which count more
            List<String> hidden = new ArrayList<>(server.parameters().values());
            hidden.add(c.getString("password"));
            if (!c.getString("user").equals(DEFAULT_USER)) {
                hidden.add(c.getString("user"));
            }
            this.secrets = new Secrets(hidden);
        }
    }

    /** Checked with any database, so that who changes that finds no mistake there. */
    private @Nullable TakeOver takeOver(Config c) {
        int most = number(c, "stand-ins", 1, MOST_STAND_INS);
        Duration lifetime = duration(c, "stand-in-lifetime", LONGEST_WAIT, "100 days");
        int port = number(c, "stand-in-port", 0, LAST_PORT);
        String after = c.getString("take-over-after");
        if (after.equals("off") || after.equals("false")) { // what YAML makes of off
            return null;
        }
        TakeOver how = new TakeOver(duration(c, "take-over-after", LONGEST_WAIT, "100 days"), most, lifetime, port);
        return database == Database.POSTGRESQL ? how : null;
    }

    private static EmbeddedDirectory directory(Config c, Config system) {
        try {
            return EmbeddedDirectory.of(
                    c.getString("directory"), system.getString("gapless.node-name"), Path.of("data"));
        } catch (IllegalArgumentException e) {
            throw new ConfigException.BadValue("gapless.journal.directory", String.valueOf(e.getMessage()));
        }
    }

    private static ServerUrl server(Config c) {
        try {
            return ServerUrl.parse(c.getString("url"));
        } catch (IllegalArgumentException e) {
            throw new ConfigException.BadValue("gapless.journal.url", String.valueOf(e.getMessage()));
        }
    }

    /**
     * Each commit is in the file, in the operating system at least, before it is answered; what was overwritten leaves the file soon; and
     * failures are told here, and fill no file.
     */
    private String embedded(EmbeddedDirectory its) {
        return "jdbc:h2:" + (isForced ? ForcedFiles.scheme() : "file") + ":" + its.database()
                + ";WRITE_DELAY=0;RETENTION_TIME=1000;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";
    }

    /** For people who look after the node: where it is. */
    String place() {
        return directory == null ? url : directory.path().toString();
    }

    /** The same, and which key says so. */
    String named() {
        String key = database == Database.H2 ? "directory" : "url";
        return "The store at " + place() + " (gapless.journal." + key + ")";
    }

    /** Why it does not work, for them. */
    IllegalStateException problem(Throwable failure) {
        String why = StoreProblem.why(failure);
        String shown = secrets.hide(why);
        return new IllegalStateException(named() + ": " + shown, shown.equals(why) ? failure : null);
    }

    private void setProperties(String user, String password) {
        properties.put("user", user);
        properties.put("password", password);
        properties.put("connectTimeout", "" + seconds(connectionTimeout));
        properties.put("loginTimeout", "" + seconds(connectionTimeout));
        properties.put("socketTimeout", "" + seconds(socketTimeout));
        properties.put("tcpKeepAlive", "true");
        properties.put("ApplicationName", "gapless");
    }

    /** For a connection, user and password among them: they may be secret. */
    Map<String, String> properties() {
        return Map.copyOf(properties);
    }

    private static long seconds(Duration duration) {
        return Math.max(1, duration.toSeconds());
    }

    /** What the plugin is configured with: its defaults, whatever the application has configured of them, but for what is set here. */
    Config plugin(ClassLoader classes) {
        Map<String, Object> own = new LinkedHashMap<>();
        own.put("tables.event_journal.tableName", "gapless_journal");
        own.put("replay-filter.mode", "off"); // records say whose they are, and a number is taken once
        own.put("bufferSize", queueSize);
        own.put("parallelism", connections);
        // A log knows by itself how long it waits, and when to ask again: a breaker would fail all logs for one, and
        // hide what is wrong.
        own.put("circuit-breaker.max-failures", Integer.MAX_VALUE);
        own.put("circuit-breaker.call-timeout", "0s");
        own.put("slick.profile", database.profile);
        if (database == Database.H2) {
            own.put("slick.db.dataSourceClass", EmbeddedDatabase.class.getName());
            own.put("slick.db.properties.url", url + ";IFEXISTS=TRUE"); // a start makes it, and nothing later
        } else {
            own.put("slick.db.driver", "org.postgresql.Driver");
            own.put("slick.db.url", url);
        }
        properties.forEach((name, value) -> own.put(
                name.equals("user") || name.equals("password")
                        ? "slick.db." + name
                        : ConfigUtil.joinPath("slick", "db", "properties", name),
                value));
        own.put("slick.db.numThreads", connections);
        own.put("slick.db.maxConnections", connections);
        own.put("slick.db.minConnections", 1);
        own.put("slick.db.queueSize", queueSize);
        own.put("slick.db.connectionTimeout", connectionTimeout.toMillis());
        own.put("slick.db.validationTimeout", Math.min(connectionTimeout.toMillis(), 5_000));
        return ConfigFactory.parseMap(own)
                .withFallback(ConfigFactory.defaultReference(classes).getConfig("jdbc-journal"))
                .atPath(PLUGIN);
    }

    private static int number(Config c, String key, int least, int most) {
        int value = c.getInt(key);
        if (value < least || value > most) {
            throw bad(key, value, least + " to " + most);
        }
        return value;
    }

    private static Duration duration(Config c, String key) {
        return duration(c, key, LONGEST, "10 minutes");
    }

    private static Duration duration(Config c, String key, Duration longest, String inWords) {
        Duration value = c.getDuration(key);
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(longest) > 0) {
            throw bad(key, value, "250ms to " + inWords);
        }
        return value;
    }

    private static ConfigException bad(String key, Object value, String range) {
        return new ConfigException.BadValue("gapless.journal." + key, "it is " + value + ", and must be " + range);
    }
}
