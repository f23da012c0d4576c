package dev.gapless.internal.forming;

import static dev.gapless.internal.forming.SeedProbe.Answer.MEMBER;
import static dev.gapless.internal.forming.SeedProbe.Answer.NO_MEMBER;
import static dev.gapless.internal.forming.SeedProbe.Answer.REFUSES;
import static dev.gapless.internal.forming.SeedProbe.Answer.SILENT;
import static dev.gapless.internal.forming.SeedProbe.Answer.UNREACHABLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When the first of the seed nodes may form a cluster. */
class FormingTest {
    private static String seed(int port) {
        return "pekko://gapless@127.0.0.1:" + port;
    }

    private static Config config(int port, int... seedPorts) {
        List<String> seeds = new ArrayList<>();
        for (int seedPort : seedPorts) {
            seeds.add('"' + seed(seedPort) + '"');
        }
        return ConfigFactory.parseString(
                        "pekko.actor.provider = cluster\npekko.remote.artery.canonical { hostname = \"127.0.0.1\", port = "
                                + port + " }\npekko.cluster.seed-nodes = " + seeds)
                .withFallback(ConfigFactory.load());
    }

    @Test
    void theFirstSeedNodeAsksTheOthersAndNobodyElseDoes() {
        assertEquals(List.of(seed(2), seed(3)), Forming.others(config(1, 1, 2, 3)));
        assertEquals(List.of(), Forming.others(config(2, 1, 2, 3)));
        assertEquals(List.of(), Forming.others(config(1, 1)));
        assertEquals(List.of(), Forming.others(config(1)));
        Config aeron = ConfigFactory.parseString("pekko.remote.artery.transport = aeron-udp")
                .withFallback(config(1, 1, 2, 3));
        assertEquals(List.of(), Forming.others(aeron), "it has no TCP ports");
        Config local = ConfigFactory.parseString("pekko.actor.provider = local").withFallback(config(1, 1, 2, 3));
        assertEquals(List.of(), Forming.others(local), "a test kit's");
    }

    @Test
    void anIpv6AddressIsThisNodesWithItsBrackets() {
        Config config = ConfigFactory.parseString("""
                        pekko.actor.provider = cluster
                        pekko.remote.artery.canonical { hostname = "[::1]", port = 1 }
                        pekko.cluster.seed-nodes = ["pekko://gapless@[::1]:1", "pekko://gapless@[::1]:2"]
                        """).withFallback(ConfigFactory.load());
        assertEquals(List.of("pekko://gapless@[::1]:2"), Forming.others(config));
    }

    @Test
    void itFormsAClusterOnlyIfEachOfTheOthersIsKnownToBeInNone() {
        assertTrue(Forming.mayForm(List.of(REFUSES, REFUSES), false));
        assertFalse(Forming.mayForm(List.of(REFUSES, NO_MEMBER), false));
        assertFalse(Forming.mayForm(List.of(UNREACHABLE), false), "a cut may be over soon");
        assertTrue(Forming.mayForm(List.of(REFUSES, NO_MEMBER, UNREACHABLE), true));
        assertFalse(Forming.mayForm(List.of(NO_MEMBER, SILENT), true));
        assertFalse(Forming.mayForm(List.of(REFUSES, SILENT), false));
        assertFalse(Forming.mayForm(List.of(REFUSES, MEMBER), true), "it lets this node in, sooner or later");
    }

    @Test
    void behindANameThatDoesNotExistThereIsNobodyAndBehindALookupThatFailedThereMayBe() {
        for (String none : List.of("Name or service not known", "Name does not resolve", "No such host is known (a)")) {
            String host = "none" + none.hashCode();
            assertInstanceOf(HostLookup.NoSuchHost.class, HostLookup.failed(host, host + ": " + none));
            assertInstanceOf(HostLookup.NoSuchHost.class, HostLookup.failed(host, host), "as the JDK remembers it");
        }
        UnknownHostException failed = HostLookup.failed("some", "some: Temporary failure in name resolution");
        assertEquals(UnknownHostException.class, failed.getClass());
        assertEquals(
                UnknownHostException.class, HostLookup.failed("some", "some").getClass());
        assertEquals(
                UnknownHostException.class, HostLookup.failed("never", "never").getClass());
    }
}
