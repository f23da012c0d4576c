package dev.gapless.durable;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL server of its own, in a directory of its own, on a free port of 127.0.0.1. Root starts it as user postgres. */
public final class PostgresServer implements AutoCloseable {
    private static final Path INSTALLED = Path.of("/usr/lib/postgresql");
    private static final boolean REQUIRED = "required".equals(System.getenv("GAPLESS_FOREIGN_CLIENTS"));

    private static final int DEADLINE_S = Integer.getInteger("gapless.deadline.seconds", 60);

    private final Path programs;
    private final Path directory;
    private final int port;
    private @Nullable Process server;

    private PostgresServer(Path programs, Path directory, int port) {
        this.programs = programs;
        this.directory = directory;
        this.port = port;
    }

    /** Leaves the test out if PostgreSQL is not installed, unless it has to be. */
    public static PostgresServer start() {
        Path programs = programs();
        assumeTrue(REQUIRED || programs != null, "PostgreSQL is not installed");
        if (programs == null) {
            throw new AssertionError("PostgreSQL is not installed: no " + INSTALLED + "/*/bin/postgres");
        }
        try {
            Path directory = Files.createTempDirectory(
                    "gapless-postgres",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxrwxrwx")));
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
            int port;
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            PostgresServer server = new PostgresServer(programs, directory, port);
            server.run("initdb", "-D", server.data(), "-U", "gapless", "-A", "trust", "-E", "UTF8", "--no-sync");
            server.up();
            server.execute("postgres", "CREATE DATABASE gapless");
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable Path programs() {
        try (Stream<Path> versions = Files.exists(INSTALLED) ? Files.list(INSTALLED) : Stream.empty()) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.exists(bin.resolve("postgres")))
                    .max(Comparator.naturalOrder())
                    .orElse(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String data() {
        return directory.resolve("data").toString();
    }

    private ProcessBuilder command(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    }

    private void run(String program, String... arguments) throws IOException {
        Process process = command(program, arguments).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new AssertionError(program + " failed: " + output);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(BooleanSupplier condition) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - until > 0) {
                throw new AssertionError("Not within " + DEADLINE_S + " s");
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    /** Starts it again, with these settings. */
    public void up(String... settings) {
        List<String> arguments = new ArrayList<>(
                List.of("-D", data(), "-p", "" + port, "-k", directory.toString(), "-c", "listen_addresses=127.0.0.1"));
        for (String setting : settings) {
            arguments.addAll(List.of("-c", setting));
        }
        try {
            server = command("postgres", arguments.toArray(new String[0]))
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await(this::answers);
    }

    private boolean answers() {
        try (Connection there = connect("postgres")) {
            return there.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    /** A connection of its own. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database), "gapless", "");
    }

    public void execute(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /** Backs up a database, while it is used. */
    public void dump(String database) throws IOException {
        run("pg_dump", "-h", "127.0.0.1", "-p", "" + port, "-U", "gapless", "-f", backup(), database);
    }

    /** Puts the backup of a database in its place. */
    public void putBack(String database) throws IOException {
        execute("postgres", "DROP DATABASE " + database + " WITH (FORCE)");
        execute("postgres", "CREATE DATABASE " + database);
        run(
                "psql",
                "-h",
                "127.0.0.1",
                "-p",
                "" + port,
                "-U",
                "gapless",
                "-v",
                "ON_ERROR_STOP=1",
                "-q",
                "-f",
                backup(),
                database);
    }

    private String backup() {
        return directory.resolve("backup.sql").toString();
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** Where its database is, for user gapless without a password. */
    public String url() {
        return url("gapless");
    }

    /** Settings of a node that stores there. */
    public String config() {
        return "gapless.journal { database = postgresql, url = \"" + url("gapless") + "\" }\n";
    }

    /** Kills all of it at once. */
    public void kill() {
        Process its = server;
        if (its != null) {
            List<ProcessHandle> children = its.descendants().toList();
            its.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
            await(() -> children.stream().noneMatch(ProcessHandle::isAlive)); // they hold its memory
            try {
                if (!its.waitFor(DEADLINE_S, TimeUnit.SECONDS)) {
                    throw new AssertionError("PostgreSQL does not end");
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            server = null;
        }
    }

    @Override
    public void close() {
        kill();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
