package dev.gapless.multijvm.faults;

import dev.gapless.multijvm.bench.TestNode;
import dev.gapless.multijvm.node.Arguments;
import dev.gapless.multijvm.node.Json;
import dev.gapless.multijvm.node.Members;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** How nodes see the cluster. */
final class Views {
    private static final int ANSWER_SECONDS = 2;

    private Views() {}

    /** Of those that answer: who has ended or stands still does not. */
    static Map<TestNode, Members> of(Collection<TestNode> nodes) {
        Map<TestNode, CompletableFuture<String>> answers = new LinkedHashMap<>();
        for (TestNode node : nodes) {
            try {
                answers.put(node, node.send("members", Arguments.none()).orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS));
            } catch (UncheckedIOException e) {
                // it has ended
            }
        }
        Map<TestNode, Members> views = new LinkedHashMap<>();
        answers.forEach((node, answer) -> {
            try {
                views.put(node, Json.read(answer.join(), Members.class));
            } catch (CompletionException e) {
                // it has ended meanwhile, or stands still
            }
        });
        return views;
    }
}
