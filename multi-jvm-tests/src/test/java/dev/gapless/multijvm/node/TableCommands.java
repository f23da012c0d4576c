package dev.gapless.multijvm.node;

import dev.gapless.gateway.GaplessGateway;
import java.security.SecureRandom;
import java.util.List;
import org.apache.pekko.actor.ActorSystem;

/** A table over a source of truth that outlives the node, and who writes that. */
final class TableCommands implements Commands {
    private final ActorSystem system;
    private final Commands others;
    private WatchedTable watched;

    TableCommands(ActorSystem system, Commands others) {
        this.system = system;
        this.others = others;
    }

    @Override
    public synchronized Object run(String command, Arguments arguments) throws Exception {
        return switch (command) {
            case "table" -> open(arguments.text("name"), arguments.text("url"), arguments.text("directory"));
            case "table-gateway" -> {
                GaplessGateway gateway = GaplessGateway.start(system, watched.table());
                yield List.of(gateway.port(), gateway.grpcPort().orElseThrow());
            }
            case "table-traffic" -> {
                watched.writer().turn(arguments.flag("on"));
                yield "turned";
            }
            case "table-publish" -> {
                watched.writer()
                        .publish(
                                arguments.text("key"),
                                Long.parseLong(arguments.text("version")),
                                arguments.flag("deletes"),
                                false);
                yield "published";
            }
            default -> others.run(command, arguments);
        };
    }

    /** Returns what the process is called in the journals. */
    private String open(String name, String url, String directory) {
        String process = name + "-" + Long.toHexString(new SecureRandom().nextLong() >>> 32);
        watched = new WatchedTable(system, url, directory, process);
        return process;
    }
}
