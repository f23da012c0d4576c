package dev.gapless.gateway.internal.web;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Each dimension of the bound: of a topic, of all, and in time. */
class KeyedAnswersTest {
    private final KeyedAnswers answers = new KeyedAnswers(2, 3);

    private static KeyedAnswers.Key key(String topic, String key) {
        return new KeyedAnswers.Key(topic, key);
    }

    private static KeyedAnswers.First first() {
        return new KeyedAnswers.First(new RequestDigest(""), new CompletableFuture<>());
    }

    private boolean isNew(String topic, String key, long nowNs) {
        return answers.putIfAbsent(key(topic, key), first(), nowNs) == null;
    }

    @Test
    void theFirstOneStays() {
        KeyedAnswers.First first = first();
        assertNull(answers.putIfAbsent(key("a", "1"), first, 0));
        assertSame(first, answers.putIfAbsent(key("a", "1"), first(), 1));
        answers.remove(key("a", "1"), first()); // another one
        assertSame(first, answers.putIfAbsent(key("a", "1"), first(), 1));
        answers.remove(key("a", "1"), first);
        assertNull(answers.putIfAbsent(key("a", "1"), first(), 2));
    }

    @Test
    void aTopicForgetsItsOldestAboveItsBound() {
        isNew("a", "1", 0);
        isNew("a", "2", 0);
        isNew("a", "3", 0);
        assertNotNull(answers.putIfAbsent(key("a", "2"), first(), 0));
        assertNotNull(answers.putIfAbsent(key("a", "3"), first(), 0));
        assertNull(answers.putIfAbsent(key("a", "1"), first(), 0));
    }

    @Test
    void allTopicsTogetherForgetTheOldestAboveTheBoundOfAll() {
        for (String topic : new String[] {"a", "b", "c", "d"}) {
            isNew(topic, "1", 0);
        }
        assertNotNull(answers.putIfAbsent(key("b", "1"), first(), 0));
        assertNull(answers.putIfAbsent(key("a", "1"), first(), 0));
    }

    @Test
    void whatIsTooOldIsForgottenAndWhatIsNotStays() {
        isNew("a", "1", 10);
        isNew("b", "1", 20);
        answers.removeBefore(20);
        assertNotNull(answers.putIfAbsent(key("b", "1"), first(), 20));
        assertNull(answers.putIfAbsent(key("a", "1"), first(), 20));
    }

    @Test
    void whatWasForgottenByItsAgeIsTheNewestWhenItComesAgain() {
        isNew("a", "1", 10);
        isNew("a", "2", 10);
        answers.removeBefore(11);
        isNew("a", "2", 20);
        isNew("a", "1", 20);
        isNew("a", "3", 20);
        assertNotNull(answers.putIfAbsent(key("a", "1"), first(), 20));
        assertNull(answers.putIfAbsent(key("a", "2"), first(), 20));
    }
}
