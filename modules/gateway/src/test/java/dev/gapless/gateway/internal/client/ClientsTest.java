package dev.gapless.gateway.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigFactory;
import dev.gapless.gateway.internal.access.Access;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.json.SharedJson;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientsTest {
    private static Common common() {
        return common("");
    }

    private static Common common(String config) {
        GatewaySettings settings =
                new GatewaySettings(ConfigFactory.parseString(config).withFallback(ConfigFactory.load()));
        return new Common(
                settings,
                new Access(settings.access, Runnable::run),
                null,
                "n1",
                "g1",
                null,
                null,
                new SharedJson(0, Budget.unbounded()),
                null,
                new Unsent(1 << 20, 0, Duration.ZERO, Budget.unbounded()),
                Budget.unbounded(),
                Runnable::run,
                (after, what) -> {},
                new Sent(),
                new Tally());
    }

    /** One that does nothing. */
    private static class Silent implements Connected {
        @Override
        public void checkLiveness(long nowNs) {}

        @Override
        public Caller caller() {
            return Caller.anybody("10.0.0.1");
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
    }

    @Test
    void aClientThatFailsKeepsNoOtherFromBeingLookedAt() {
        Clients clients = new Clients(common());
        List<String> looked = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            clients.add(clients.admit(Caller.anybody("127.0.0.1")), (id, release) -> new Silent() {
                @Override
                public void checkLiveness(long nowNs) {
                    looked.add(name);
                    throw new IllegalStateException("planted: " + name);
                }
            });
        }
        clients.checkLiveness();
        clients.checkLiveness();
        assertEquals(6, looked.size(), looked::toString);
    }

    private static int admitted(Clients clients, String address, int times) {
        int admitted = 0;
        for (int i = 0; i < times; i++) {
            try {
                clients.admit(Caller.anybody(address));
                admitted++;
            } catch (RequestException e) {
                assertTrue(
                        Set.of(Kind.TOO_MANY_CLIENTS, Kind.TOO_MANY_CLIENTS_OF_ADDRESS)
                                .contains(e.kind()),
                        e.why());
            }
        }
        return admitted;
    }

    @Test
    void whoIsRefusedForItsAddressKeepsNoPlaceOfOthers() {
        Clients clients = new Clients(common("gapless.gateway { max-clients = 3, per-ip-limit = 1 }"));
        assertEquals(1, admitted(clients, "10.0.0.1", 10));
        assertEquals(1, clients.size());
        assertEquals(1, admitted(clients, "10.0.0.2", 10));
        assertEquals(1, admitted(clients, "10.0.0.3", 10));
    }

    @Test
    void whoIsRefusedForWantOfRoomKeepsNoPlaceOfItsAddress() {
        Clients clients = new Clients(common("gapless.gateway { max-clients = 1, per-ip-limit = 1 }"));
        Clients.Admission first = clients.admit(Caller.anybody("10.0.0.1"));
        assertEquals(0, admitted(clients, "10.0.0.2", 10));
        first.release();
        first.release();
        assertEquals(0, clients.size());
        assertEquals(1, admitted(clients, "10.0.0.2", 10));
    }

    @Test
    void thoseThatMakeRoomWhileTheyComeGiveEverythingBack(@TempDir Path directory) throws Exception {
        Path tokens = Files.writeString(directory.resolve("tokens.json"), "{\"tokens\":[]}");
        Clients clients = new Clients(common("gapless.gateway { max-clients = 8, access { tokens-file = \"" + tokens
                + "\", limits.clients = 1000 } }")); // of the mute ones two at once
        Queue<Clients.Admission> admitted = new ConcurrentLinkedQueue<>();
        ExecutorService threads = Executors.newFixedThreadPool(16); // more than there are places
        try {
            List<Future<?>> under = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                under.add(threads.submit(() -> {
                    for (int n = 0; n < 500; n++) {
                        admitted.add(clients.admit(Caller.anybody("10.0.0.1"))); // each makes another one go
                    }
                }));
            }
            for (Future<?> one : under) {
                one.get(1, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(2, clients.size());
        admitted.forEach(Clients.Admission::release);
        assertEquals(0, clients.size());
        for (int i = 0; i < 2; i++) {
            clients.admit(Caller.anybody("10.0.0.1")); // no place of its subject was kept either
        }
        assertEquals(2, clients.size());
    }

    @Test
    void aGatewayThatStopsIsDoneWhenTheLastPlaceIsGivenBack() {
        Clients clients = new Clients(common());
        Clients.Admission first = clients.admit(Caller.anybody("10.0.0.1"));
        Clients.Admission second = clients.admit(Caller.anybody("10.0.0.1"));
        CompletableFuture<Void> gone = clients.stop();
        assertThrows(RequestException.class, () -> clients.admit(Caller.anybody("10.0.0.2")));
        first.release();
        assertFalse(gone.isDone());
        second.release();
        assertTrue(gone.isDone());
    }

    @Test
    void whoGoesMakesRoomForTheNextOfItsAddress() {
        Clients clients = new Clients(common("gapless.gateway.per-ip-limit = 1"));
        for (int i = 0; i < 5; i++) {
            clients.admit(Caller.anybody("10.0.0.1")).release();
        }
        assertEquals(0, clients.size());
    }

    @Test
    void whoIsLetInWhileTheGatewayStopsIsToldSo() {
        Clients clients = new Clients(common());
        Clients.Admission admission = clients.admit(Caller.anybody("10.0.0.1"));
        CompletableFuture<Void> gone = clients.stop();
        List<Closing> told = new ArrayList<>();
        clients.add(admission, (id, release) -> new Silent() {
            @Override
            public void close(Closing why) {
                told.add(why);
                release.accept(null);
            }
        });
        assertEquals(List.of(Closing.RESTART), told);
        assertTrue(gone.isDone());
    }
}
