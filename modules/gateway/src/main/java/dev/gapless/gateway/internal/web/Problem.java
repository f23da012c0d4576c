package dev.gapless.gateway.internal.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.RequestException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpStatus;

/** Errors as {@code application/problem+json}. */
final class Problem {
    private Problem() {}

    /** @param retryMs after how long to try again, where that helps */
    static HttpAnswer of(RequestException refusal, long retryMs) {
        int status = refusal.kind().status();
        Map<String, String> headers = switch (status) {
            case 401 -> Map.of("WWW-Authenticate", "Bearer");
            case 429, 503 -> Map.of("Retry-After", Long.toString(TimeUnit.MILLISECONDS.toSeconds(retryMs + 999)));
            default -> Map.of();
        };
        return answer(status, refusal.kind().code(), refusal.why(), headers);
    }

    /** What the web server itself refuses. */
    static HttpAnswer of(int status, String why) {
        return answer(status, code(status), why, Map.of());
    }

    /** Of what the web server itself refuses. */
    static String code(int status) {
        return switch (status) {
            case 431 -> "head_too_large";
            case HeadBytes.OVER_BUDGET -> RequestException.Kind.OVER_BUDGET.code();
            default -> "bad_request";
        };
    }

    private static HttpAnswer answer(int status, String code, String why, Map<String, String> headers) {
        ObjectNode body = PayloadJson.JSON
                .createObjectNode()
                .put("type", "urn:gapless:" + code)
                .put("title", HttpStatus.getMessage(status))
                .put("status", status)
                .put("detail", why);
        return new HttpAnswer(status, "application/problem+json", body, headers);
    }
}
