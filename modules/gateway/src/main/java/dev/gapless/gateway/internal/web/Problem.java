package dev.gapless.gateway.internal.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.Refusal;
import java.util.Map;
import org.eclipse.jetty.http.HttpStatus;

/** Errors as {@code application/problem+json}. */
final class Problem {
    /** How long to wait where there is no room now. */
    private static final String RETRY_SECONDS = "1";

    private Problem() {}

    static Answer of(Refusal refusal) {
        int status = refusal.kind().status();
        return answer(status, refusal.kind().code(), refusal.why());
    }

    /** What the web server itself refuses. */
    static Answer of(int status, String why) {
        return answer(status, status == 431 ? "head_too_large" : "bad_request", why);
    }

    private static Answer answer(int status, String code, String why) {
        ObjectNode body = PayloadJson.JSON
                .createObjectNode()
                .put("type", "urn:gapless:" + code)
                .put("title", HttpStatus.getMessage(status))
                .put("status", status)
                .put("detail", why);
        Map<String, String> headers = status == 429 || status == 503 ? Map.of("Retry-After", RETRY_SECONDS) : Map.of();
        return new Answer(status, "application/problem+json", body, headers);
    }
}
