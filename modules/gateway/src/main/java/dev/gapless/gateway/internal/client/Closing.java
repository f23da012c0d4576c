package dev.gapless.gateway.internal.client;

import java.util.List;

/**
 * Why a client's connection ends.
 *
 * @param status of the WebSocket
 */
public record Closing(int status, String reason) {
    public static final Closing ASKED_FOR = new Closing(1000, "asked for");
    public static final Closing ENDED = new Closing(1000, "ended");
    public static final Closing RESTART = new Closing(1012, "the gateway stops");
    public static final Closing NOT_THE_PROTOCOL =
            new Closing(4400, "this is not the protocol: commands are JSON in text frames");
    public static final Closing NO_TEXT = new Closing(1007, "a text frame is UTF-8");
    public static final Closing TOO_LARGE =
            new Closing(1009, "the command is larger than gapless.gateway.max-command-bytes allows");
    public static final Closing OVERLOADED = new Closing(
            1013,
            "clients have sent more that is not complete than gapless.gateway.unfinished-bytes allows: try again later");
    public static final Closing LAGGED = new Closing(4408, "the ring overtook it, and on_lag is close");
    public static final Closing STUCK = new Closing(4410, "no byte was taken for gapless.gateway.write-timeout");
    public static final Closing SILENT =
            new Closing(4410, "three pings in a row were not answered, see gapless.gateway.ping-interval");
    public static final Closing REFUSED = new Closing(4401, "the credential is not valid");
    public static final Closing EXPIRED = new Closing(4401, "the credential is valid no more");
    public static final Closing MUTE =
            new Closing(4401, "it has not said who it is: the first message is {\"type\":\"Auth\",\"token\":…}");
    public static final Closing CROWDED_OUT =
            new Closing(1013, "it has not said who it is, and others come: try again, with a credential");
    public static final Closing GONE = new Closing(1006, "the connection is gone");
    public static final Closing FAILED = new Closing(1011, "the gateway failed; its log tells why");

    /** Those that a gateway says. */
    static final List<Closing> ALL = List.of(
            ASKED_FOR,
            ENDED,
            RESTART,
            NOT_THE_PROTOCOL,
            NO_TEXT,
            TOO_LARGE,
            OVERLOADED,
            LAGGED,
            STUCK,
            SILENT,
            REFUSED,
            EXPIRED,
            MUTE,
            CROWDED_OUT,
            FAILED);
}
