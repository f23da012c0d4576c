package dev.gapless.gateway.internal.client;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    private static Readiness readiness(String config) {
        Common common = new Common(
                new GatewaySettings(ConfigFactory.parseString(config).withFallback(ConfigFactory.load())),
                null,
                null,
                "n1",
                "g1",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        return new Readiness(null, common); // nobody is asked before the ports listen
    }

    @Test
    void awaitsThePortOfGrpc() {
        Readiness readiness = readiness("gapless.gateway.grpc-port = 0");
        RequestException refused = assertThrows(RequestException.class, readiness::check);
        assertTrue(refused.why().contains("gapless.gateway.grpc-port"), refused.why());
        readiness.grpcListens();
        assertThrows(NullPointerException.class, readiness::check, "it goes on to the clients");
    }

    @Test
    void awaitsNoPortThatIsOff() {
        assertThrows(NullPointerException.class, readiness("gapless.gateway.grpc-port = off")::check);
    }
}
