package dev.gapless.durable;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** A pgbouncer of its own, on a free port of 127.0.0.1. Root starts it as user postgres. */
final class PgBouncer implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/sbin/pgbouncer");

    private final Process process;
    private final Path directory;
    private final int port;

    private PgBouncer(Process process, Path directory, int port) {
        this.process = process;
        this.directory = directory;
        this.port = port;
    }

    /** In front of that server. Leaves the test out if it is not installed. */
    static PgBouncer start(PostgresServer server, String poolMode) throws IOException {
        assumeTrue(Files.exists(PROGRAM), "pgbouncer is not installed");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path directory = Files.createTempDirectory("gapless-pgbouncer");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        String place = server.url().substring("jdbc:postgresql://127.0.0.1:".length());
        Path settings = Files.write(
                directory.resolve("pgbouncer.ini"),
                List.of(
                        "[databases]",
                        "gapless = host=127.0.0.1 dbname=gapless user=gapless port="
                                + place.substring(0, place.indexOf('/')),
                        "[pgbouncer]",
                        "listen_addr = 127.0.0.1",
                        "listen_port = " + port,
                        "unix_socket_dir =",
                        "auth_type = any",
                        "pool_mode = " + poolMode,
                        "ignore_startup_parameters = extra_float_digits"));
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
        }
        command.addAll(List.of(PROGRAM.toString(), settings.toString()));
        Path log = directory.resolve("log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        PgBouncer bouncer = new PgBouncer(process, directory, port);
        TestNode.await(() -> !process.isAlive() || bouncer.answers());
        if (!process.isAlive()) {
            throw new AssertionError(Files.readString(log));
        }
        return bouncer;
    }

    private boolean answers() {
        try (Socket there = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return there.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Settings of a node that stores there, with these parameters in its URL. */
    String config(String parameters) {
        return "gapless.journal { database = postgresql, url = \"jdbc:postgresql://127.0.0.1:" + port + "/gapless"
                + parameters + "\" }\n";
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        TestNode.await(() -> !process.isAlive());
        Files.deleteIfExists(directory.resolve("pgbouncer.ini"));
        Files.deleteIfExists(directory.resolve("log"));
        Files.deleteIfExists(directory);
    }
}
