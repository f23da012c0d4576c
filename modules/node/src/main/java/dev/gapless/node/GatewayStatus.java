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

    void run(boolean asJson) {
        GatewayHttp http = new GatewayHttp();
        List<String> failures = new ArrayList<>();
        for (GatewayUrl url : links.urls()) {
            HttpRequest request = HttpRequest.newBuilder(url.at("/api/status"))
                    .timeout(TIMEOUT)
                    .build();
            try {
                HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
                if (response.statusCode() == 200) {
                    StatusTable.print(
                            parse(url, response.body()),
                            asJson,
                            spec.commandLine().getOut());
                    return;
                }
                failures.add(url + ": "
                        + GatewayAnswer.of(response.statusCode(), response.headers(), response.body())
                                .why());
            } catch (IOException e) {
                failures.add(GatewayHttp.why(url, e));
            }
        }
        throw new Failure(String.join("; ", failures));
    }

    private static JsonNode parse(GatewayUrl url, byte[] body) throws IOException {
        JsonNode status = new JsonMapper().readTree(body);
        if (!status.path("members").isArray()) {
            throw new Failure(url + " is no gateway: its answer is no status");
        }
        return status;
    }
}
