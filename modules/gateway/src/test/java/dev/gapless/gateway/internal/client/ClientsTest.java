package dev.gapless.gateway.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigFactory;
import dev.gapless.gateway.internal.json.SharedJson;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientsTest {
    private static Common common() {
        return new Common(
                new GatewaySettings(ConfigFactory.load()),
                null,
                "n1",
                null,
                null,
                new SharedJson(0),
                Runnable::run,
                (after, what) -> {},
                new Sent(),
                new Tally());
    }

    @Test
    void aClientThatFailsKeepsNoOtherFromBeingLookedAt() {
        Clients clients = new Clients(common());
        List<String> looked = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            clients.add(clients.admit("127.0.0.1"), (id, release) -> new Connected() {
                @Override
                public void look(long nowNs) {
                    looked.add(name);
                    throw new IllegalStateException("planted: " + name);
                }

                @Override
                public void close(Closing why) {}

                @Override
                public String protocol() {
                    return "sse";
                }

                @Override
                public long lag() {
                    return 0;
                }

                @Override
                public void describe(ObjectNode to) {}
            });
        }
        clients.look();
        clients.look();
        assertEquals(6, looked.size(), looked::toString);
    }
}
