package dev.gapless.gateway.internal.grpc;

import dev.gapless.gateway.internal.client.Closing;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** Why a call ends, as users of gRPC expect it. */
final class Statuses {
    /** The code of the refusal, as the other protocols spell it. */
    static final Metadata.Key<String> CODE = Metadata.Key.of("gapless-code", Metadata.ASCII_STRING_MARSHALLER);

    /** After how many milliseconds to try again, as clients of gRPC with a retry policy read it. */
    static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private Statuses() {}

    /** @param reconnectMs after how long to try again, where that helps */
    static StatusRuntimeException of(RequestException refusal, long reconnectMs) {
        Status status = status(refusal.kind()).withDescription(refusal.why());
        Metadata trailers = new Metadata();
        trailers.put(CODE, refusal.kind().code());
        boolean isFull = refusal.kind() == Kind.TOO_MANY_CLIENTS
                || refusal.kind() == Kind.TOO_MANY_CLIENTS_OF_ADDRESS
                || refusal.kind() == Kind.TOO_MANY_CLIENTS_OF_SUBJECT
                || refusal.kind() == Kind.OVERLOADED;
        return isFull || status.getCode() == Status.Code.UNAVAILABLE
                ? withPushback(status, trailers, reconnectMs)
                : status.asRuntimeException(trailers);
    }

    private static Status status(Kind kind) {
        return switch (kind) {
            case UNAUTHENTICATED -> Status.UNAUTHENTICATED;
            case FORBIDDEN, FORBIDDEN_ADDRESS, FORBIDDEN_ORIGIN, FORBIDDEN_TOPIC, MISDIRECTED_HOST ->
                Status.PERMISSION_DENIED;
            case NOT_FOUND -> Status.NOT_FOUND;
            case TOO_MANY_SUBSCRIPTIONS,
                    TOO_MANY_CLIENTS_OF_ADDRESS,
                    TOO_MANY_CLIENTS,
                    TOO_MANY_CLIENTS_OF_SUBJECT,
                    TOO_MANY_SUBSCRIPTIONS_OF_SUBJECT,
                    TOO_MUCH_PUBLISHED,
                    TOO_MANY_REQUESTS,
                    OVER_BUDGET,
                    TOO_MANY_REQUESTS_OF_ADDRESS,
                    TOO_MANY_NEW_TOPICS,
                    TOO_LARGE,
                    OVERLOADED,
                    NO_ROOM -> Status.RESOURCE_EXHAUSTED;
            case WRONG_CLASS, NO_TABLE, REFUSED -> Status.FAILED_PRECONDITION;
            case CLOSING, NOT_READY, NO_KEYS, BEHIND, STORE_UNAVAILABLE -> Status.UNAVAILABLE;
            case NOT_DELIVERED, NOT_HELD, PUBLISH_UNKNOWN, TOO_SLOW -> Status.DEADLINE_EXCEEDED;
            case FAILED -> Status.INTERNAL;
            default -> Status.INVALID_ARGUMENT;
        };
    }

    static StatusRuntimeException of(Closing why, long reconnectMs) {
        Status status;
        if (why.equals(Closing.RESTART)) {
            status = Status.UNAVAILABLE;
        } else if (why.equals(Closing.EXPIRED)) {
            status = Status.UNAUTHENTICATED;
        } else if (why.equals(Closing.FAILED)) {
            status = Status.INTERNAL;
        } else {
            status = Status.ABORTED;
        }
        status = status.withDescription(why.reason());
        return status.getCode() == Status.Code.UNAVAILABLE
                ? withPushback(status, new Metadata(), reconnectMs)
                : status.asRuntimeException();
    }

    private static StatusRuntimeException withPushback(Status status, Metadata trailers, long reconnectMs) {
        trailers.put(PUSHBACK, Long.toString(reconnectMs));
        return status.asRuntimeException(trailers);
    }
}
