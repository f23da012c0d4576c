package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the requests of a port, also those that failed. Thread-safe. */
final class Answers {
    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

    private final Common common;
    private final String request;

    /** @param request what people call one */
    Answers(Common common, String request) {
        this.common = common;
        this.request = request;
    }

    /** When that is there. */
    void send(Caller caller, CompletionStage<HttpAnswer> stage, Response response, Callback callback) {
        var unused = stage.whenComplete((answer, failure) -> {
            if (failure == null) {
                answer.send(response, callback);
            } else {
                refuse(caller, failure, response, callback);
            }
        });
    }

    /** Says why it failed. An argument that is wrong is the client's. */
    void refuse(Caller caller, Throwable failure, Response response, Callback callback) {
        Throwable cause = Reasons.cause(failure);
        RequestException refusal = cause instanceof IllegalArgumentException
                ? new RequestException(Kind.BAD_MESSAGE, String.valueOf(cause.getMessage()), cause)
                : RequestException.of(cause);
        if (refusal.kind() == Kind.FAILED) {
            LOG.warn("{} failed", request, failure);
        }
        common.refused(caller, refusal);
        Problem.of(refusal, common.reconnectMs()).send(response, callback);
    }
}
