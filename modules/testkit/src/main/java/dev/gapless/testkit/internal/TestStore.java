package dev.gapless.testkit.internal;

import dev.gapless.core.log.Generation;
import dev.gapless.core.log.LogRecord;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.log.StoreRequest;
import dev.gapless.internal.store.TokenStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of one node's durable topics and named subscriptions, over all of its incarnations. It answers at once. Thread-safe: a
 * stream's thread stores its tokens.
 */
public final class TestStore {
    private static final String PROBLEM = "the test lets it fail";

    private Contents contents = Contents.none();
    private @Nullable Contents copy;
    private boolean failing;

    /** @param users the incarnations that have used it, the oldest first */
    private record Contents(Map<String, Records> logs, List<Long> users, TestTokens tokens) {
        static Contents none() {
            return new Contents(new HashMap<>(), new ArrayList<>(), new TestTokens());
        }

        Contents copied() {
            Map<String, Records> copies = new HashMap<>();
            logs.forEach((topic, records) -> copies.put(topic, records.copied()));
            return new Contents(copies, new ArrayList<>(users), tokens.copied());
        }
    }

    /** The records of one log, each number once. */
    private static final class Records {
        private final TreeMap<Long, LogRecord> byNumber = new TreeMap<>();
        private long highest;

        Records copied() {
            Records copied = new Records();
            copied.byNumber.putAll(byNumber);
            copied.highest = highest;
            return copied;
        }

        boolean put(LogRecord record) {
            if (record.number() <= highest) {
                return false;
            }
            highest = record.number();
            byNumber.put(highest, record);
            return true;
        }
    }

    // ------------------------------------------------------------------ what a process does with it

    /** Remembers an incarnation that is about to use it. */
    synchronized Generation opened(long uid) {
        Generation generation = new Generation(contents.users().size() + 1L, contents.users());
        contents.users().add(uid);
        return generation;
    }

    /** {@return the answer, or null if there is none} */
    synchronized @Nullable StoreAnswer carryOut(String topic, StoreRequest request) {
        Records records = contents.logs().computeIfAbsent(topic, first -> new Records());
        if (request instanceof StoreRequest.Read read) {
            return failing
                    ? failed(read.id())
                    : new StoreAnswer.Records(
                            read.id(),
                            List.copyOf(records.byNumber
                                    .tailMap(read.number(), true)
                                    .values()));
        } else if (request instanceof StoreRequest.Write write) {
            if (failing) {
                return failed(write.id());
            }
            return records.put(write.content())
                    ? new StoreAnswer.Stored(write.id())
                    : new StoreAnswer.Failed(
                            write.id(), "record " + write.content().number() + " is there already");
        }
        if (request instanceof StoreRequest.Drop drop) {
            records.byNumber.headMap(drop.upTo(), true).clear();
        }
        return null;
    }

    private static StoreAnswer failed(long id) {
        return new StoreAnswer.Failed(id, PROBLEM);
    }

    /**
     * Where the named subscriptions of one process keep their tokens.
     *
     * @param isGone whether that process is gone: it stores nothing more
     */
    TokenStore tokens(BooleanSupplier isGone) {
        return new TokenStore() {
            @Override
            public CompletionStage<String> open(Name name, UUID owner, Duration within) {
                return ask(isGone, tokens -> tokens.open(name, owner));
            }

            @Override
            public CompletionStage<Boolean> store(Name name, UUID owner, long number, String token, Duration within) {
                return ask(isGone, tokens -> tokens.store(name, owner, number, token));
            }
        };
    }

    private synchronized <V> CompletionStage<V> ask(BooleanSupplier isGone, Function<TestTokens, V> what) {
        if (isGone.getAsBoolean()) {
            return CompletableFuture.failedFuture(new IllegalStateException("its node is not running any more"));
        }
        return failing
                ? CompletableFuture.failedFuture(new IllegalStateException(PROBLEM))
                : CompletableFuture.completedFuture(what.apply(contents.tokens()));
    }

    // ------------------------------------------------------------------ what a test does to it

    /** From now on each read and write fails; or none does. */
    public synchronized void fails(boolean now) {
        failing = now;
    }

    /** Keeps a copy of what it has. */
    public synchronized void backUp() {
        copy = contents.copied();
    }

    /** It has what it had when the copy was made. {@return false if there is none} */
    public synchronized boolean putBack() {
        Contents earlier = copy;
        if (earlier == null) {
            return false;
        }
        contents = earlier.copied();
        return true;
    }

    /** It is empty, as if it was never used. */
    public synchronized void lose() {
        contents = Contents.none();
    }
}
