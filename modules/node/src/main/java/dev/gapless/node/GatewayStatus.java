package dev.gapless.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Prints the status that a gateway knows: of the first one that answers. */
final class GatewayStatus {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final GatewayLinks links;
    private final CommandSpec spec;

    GatewayStatus(GatewayLinks links, CommandSpec spec) {
        this.links = links;
        this.spec = spec;
    }

    /** @throws Failure if no gateway answers for as long as it is tried, or no member has answered the one that does */
    void run(boolean asJson) {
        JsonNode status = ask();
        while (status == null) {
            status = ask();
        }
        StatusTable.print(status, asJson, spec.commandLine().getOut());
        boolean answered = false;
        for (JsonNode member : status.path("members")) {
            answered |= member.path("answers").asBoolean();
        }
        if (!answered) {
            throw new Failure("no member of the cluster has answered, that of " + links.url() + " included");
        }
    }

    /** The status; null if nobody told it, and it is to be tried again. */
    private @Nullable JsonNode ask() {
        List<String> failures = new ArrayList<>();
        for (int i = 0; i < links.urls().size(); i++) {
            GatewayUrl url = links.url();
            HttpRequest request = HttpRequest.newBuilder(url.at("/api/status"))
                    .timeout(TIMEOUT)
                    .build();
            try {
                HttpResponse<byte[]> response = links.http().send(request, BodyHandlers.ofByteArray());
                if (response.statusCode() == 200) {
                    return parse(url, response.body());
                }
                GatewayAnswer answer = GatewayAnswer.of(response.statusCode(), response.headers(), response.body());
                if (!answer.isWorthRepeating()) {
                    throw new Failure(url + ": " + answer.why());
                }
                failures.add(url + ": " + answer.why());
            } catch (IOException e) {
                failures.add(GatewayHttp.why(url, e));
            }
            links.next();
        }
        if (!links.pause(String.join("; ", failures), 0)) {
            throw new Failure("interrupted");
        }
        return null;
    }

    private static JsonNode parse(GatewayUrl url, byte[] body) throws IOException {
        JsonNode status = new JsonMapper().readTree(body);
        if (!status.path("members").isArray()) {
            throw new Failure(url + " is no gateway: its answer is no status");
        }
        return status;
    }
}
