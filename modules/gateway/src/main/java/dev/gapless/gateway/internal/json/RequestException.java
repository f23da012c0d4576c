package dev.gapless.gateway.internal.json;

import dev.gapless.IdReused;
import dev.gapless.MessageTooLarge;
import dev.gapless.NotSerializable;
import dev.gapless.ProducerClosed;
import dev.gapless.PublishTimeout;
import dev.gapless.PublishUnknown;
import dev.gapless.StoreFailure;
import dev.gapless.TooManyPending;
import java.util.Locale;

/** What a client wants is refused; the message tells the client's author why, and what to do. */
public class RequestException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    /** Why, as programs read it. */
    public enum Kind {
        BAD_MESSAGE(400),
        BODY_INCOMPLETE(400),
        UNKNOWN_TYPE(400),
        UNKNOWN_TOPIC(400),
        BAD_FILTER(400),
        BAD_TOKEN(400),
        FROM_NOT_ALLOWED(400),
        UNAUTHENTICATED(401),
        FORBIDDEN(403),
        FORBIDDEN_ADDRESS(403),
        FORBIDDEN_ORIGIN(403),
        FORBIDDEN_TOPIC(403),
        NOT_FOUND(404),
        METHOD_NOT_ALLOWED(405),
        TOO_SLOW(408),
        NO_TABLE(409),
        TOO_MANY_SUBSCRIPTIONS(409),
        WRONG_CLASS(409),
        IDS_TOO_LARGE(409),
        REFUSED(409),
        TOO_LARGE(413),
        UNSUPPORTED_MEDIA_TYPE(415),
        MISDIRECTED_HOST(421),
        UPGRADE_REQUIRED(426),
        DOES_NOT_FIT(422),
        KEY_REUSED(422),
        TOO_MANY_CLIENTS_OF_ADDRESS(429),
        TOO_MANY_REQUESTS_OF_ADDRESS(429),
        TOO_MANY_CLIENTS_OF_SUBJECT(429),
        TOO_MANY_SUBSCRIPTIONS_OF_SUBJECT(429),
        TOO_MUCH_PUBLISHED(429),
        OVER_BUDGET(429),
        TOO_MANY_NEW_TOPICS(429),
        NO_ROOM(429),
        FAILED(500),
        TOO_MANY_CLIENTS(503),
        TOO_MANY_REQUESTS(503),
        OVERLOADED(503),
        BEHIND(503),
        CLOSING(503),
        NO_KEYS(503),
        NOT_READY(503),
        STORE_UNAVAILABLE(503),
        NOT_DELIVERED(504),
        NOT_HELD(504),
        PUBLISH_UNKNOWN(504);

        private final int status;

        Kind(int status) {
            this.status = status;
        }

        /** The status of an HTTP answer that says so. */
        public int status() {
            return status;
        }

        /** Is it about who may do what, and how much? */
        public boolean isOfAccess() {
            return status == 401 || status == 403 || status == 429;
        }

        /** As the contract spells it. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public RequestException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public RequestException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What a failed publish, or anything else that went wrong, says to the client. */
    public static RequestException of(Throwable error) {
        Throwable cause = Reasons.cause(error);
        if (cause instanceof RequestException refusal) {
            return refusal;
        } else if (cause instanceof StoreFailure failure) { // whose message is for those who look after the node
            Kind kind = cause instanceof PublishUnknown ? Kind.PUBLISH_UNKNOWN : Kind.STORE_UNAVAILABLE;
            return new RequestException(kind, failure.forClients(), cause);
        }
        Kind kind;
        if (cause instanceof MessageTooLarge) {
            kind = Kind.TOO_LARGE;
        } else if (cause instanceof NotSerializable) {
            kind = Kind.DOES_NOT_FIT;
        } else if (cause instanceof PublishTimeout || cause instanceof TooManyPending) {
            kind = Kind.NO_ROOM;
        } else if (cause instanceof IdReused) {
            kind = Kind.KEY_REUSED;
        } else if (cause instanceof ProducerClosed) {
            kind = Kind.CLOSING;
        } else if (cause instanceof IllegalArgumentException) {
            kind = Kind.BAD_MESSAGE;
        } else {
            kind = cause instanceof IllegalStateException ? Kind.REFUSED : Kind.FAILED;
        }
        return new RequestException(kind, Reasons.of(cause), cause);
    }

    /** What a request is told for which it is too late. */
    public static RequestException closing() {
        return new RequestException(Kind.CLOSING, "The gateway stops; publish through another one, or later");
    }

    public Kind kind() {
        return kind;
    }

    public String why() {
        return String.valueOf(getMessage());
    }
}
