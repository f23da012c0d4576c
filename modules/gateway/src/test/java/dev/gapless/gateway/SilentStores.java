package dev.gapless.gateway;

import dev.gapless.core.log.Generation;
import dev.gapless.core.log.LogRecord;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.log.StoreRequest;
import dev.gapless.internal.store.LogStores;
import dev.gapless.internal.store.LogStoresProvider;
import dev.gapless.internal.store.TokenStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.jspecify.annotations.Nullable;

/** A store in memory, of a node in this JVM. It takes messages, and answers only while it is not silent; or it is away. */
public final class SilentStores implements LogStoresProvider {
    /** Those of this JVM: a test's, by the name of its node. */
    private static final Map<String, SilentStores.Logs> OF_NODES = new ConcurrentHashMap<>();

    /** For the service loader. */
    public SilentStores() {}

    static Logs of(String node) {
        return OF_NODES.get(node);
    }

    @Override
    public LogStores create(ExtendedActorSystem system, Owner owner) {
        Logs logs = OF_NODES.computeIfAbsent(owner.nodeName(), node -> new Logs());
        return new LogStores() {
            @Override
            public CompletionStage<Generation> open() {
                return CompletableFuture.completedFuture(logs.begin(owner.uid()));
            }

            @Override
            public void request(String topic, StoreRequest request, Consumer<StoreAnswer> answered) {
                logs.request(topic, request, answered);
            }
        };
    }

    @Override
    public TokenStore tokens(ExtendedActorSystem system, String clusterId, String nodeName) {
        throw new UnsupportedOperationException();
    }

    /** The logs of a node. */
    static final class Logs {
        private final Map<String, TreeMap<Long, LogRecord>> records = new TreeMap<>();
        private final List<Long> incarnations = new ArrayList<>();
        private boolean silent;
        private @Nullable String away;
        private @Nullable String damaged;
        private int answersLeft;
        private int unanswered;
        private final List<Runnable> answers = new ArrayList<>();

        /** From now on it does not say what it has taken; or it does. */
        synchronized void beSilent(boolean now) {
            silent = now;
            answersLeft = 0;
        }

        /** From now on all that is asked fails with this; with null it works again. */
        synchronized void beAway(@Nullable String why) {
            away = why;
        }

        /** What it has of this topic cannot be used. */
        synchronized void beDamaged(String topic) {
            damaged = topic;
        }

        /** It answers so many records of messages, and is silent then. */
        synchronized void beSilentAfter(int records) {
            silent = true;
            answersLeft = records;
        }

        /** It says what it has taken without a word. */
        synchronized void answer() {
            silent = false;
            answers.forEach(Runnable::run);
            answers.clear();
        }

        /** How many records of messages it has taken without a word. */
        synchronized int unanswered() {
            return unanswered;
        }

        private synchronized Generation begin(long uid) {
            Generation generation = new Generation(incarnations.size() + 1, incarnations);
            incarnations.add(uid);
            return generation;
        }

        private synchronized void request(String topic, StoreRequest request, Consumer<StoreAnswer> answered) {
            TreeMap<Long, LogRecord> its = records.computeIfAbsent(topic, name -> new TreeMap<>());
            if (topic.equals(damaged) && request instanceof StoreRequest.Read read) {
                answered.accept(new StoreAnswer.Damaged(read.id(), "record 7 is damaged"));
            } else if (away != null && request instanceof StoreRequest.Read read) {
                answered.accept(new StoreAnswer.Failed(read.id(), away));
            } else if (away != null && request instanceof StoreRequest.Write write) {
                answered.accept(new StoreAnswer.Failed(write.id(), away));
            } else if (request instanceof StoreRequest.Read read) {
                answered.accept(new StoreAnswer.Records(
                        read.id(), List.copyOf(its.tailMap(read.number()).values())));
            } else if (request instanceof StoreRequest.Write write) {
                its.put(write.content().number(), write.content());
                if (silent && write.content() instanceof LogRecord.Messages && answersLeft-- <= 0) {
                    unanswered++;
                    answers.add(() -> answered.accept(new StoreAnswer.Stored(write.id())));
                } else {
                    answered.accept(new StoreAnswer.Stored(write.id()));
                }
            }
        }
    }
}
