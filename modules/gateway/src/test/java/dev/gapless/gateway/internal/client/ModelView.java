package dev.gapless.gateway.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.core.CursorToken;
import dev.gapless.gateway.internal.json.PayloadJson;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a client knows of a topic: where it is in each producer, by what it was sent and told. */
final class ModelView {
    record At(String epoch, long sequence) {}

    /** What it takes; empty for everything. */
    record Wanted(Set<String> nodes, Set<String> keys) {
        boolean takesNode(String node) {
            return nodes.isEmpty() || nodes.contains(node);
        }

        boolean takes(String node, String key) {
            return takesNode(node) && (keys.isEmpty() || keys.contains(key));
        }

        ObjectNode filter() {
            ObjectNode filter = PayloadJson.JSON.createObjectNode();
            ArrayNode of = nodes.isEmpty() ? null : filter.putArray("nodes");
            nodes.forEach(node -> of.add(node));
            ArrayNode by = keys.isEmpty() ? null : filter.putArray("keys");
            keys.forEach(key -> by.add(key));
            return filter;
        }
    }

    private final ModelTopic topic;
    private final ModelWorld.Seen seen;
    Wanted wanted;
    String onLag;
    boolean paused;
    boolean begun;
    private Map<String, At> at = new TreeMap<>();
    /** In front of the gap that was told last, until something follows. */
    private Map<String, At> inFront;

    private String lastToken;

    ModelView(ModelTopic topic, Wanted wanted, String onLag, ModelWorld.Seen seen) {
        this.topic = topic;
        this.wanted = wanted;
        this.onLag = onLag;
        this.seen = seen;
    }

    /** Where it resumes: at the token that it has, or by its own positions. */
    JsonNode from(boolean byToken) {
        if (byToken) {
            at = positions(lastToken);
            return PayloadJson.JSON.getNodeFactory().textNode(lastToken);
        }
        ObjectNode from = PayloadJson.JSON.createObjectNode();
        ArrayNode positions = from.putArray("positions");
        at.forEach((node, there) -> positions
                .addObject()
                .put("node", node)
                .put("epoch", there.epoch())
                .put("seq", there.sequence()));
        return from;
    }

    /** A connection of its own begins; what was held of the one before is told again. */
    void reconnects() {
        paused = false;
        again = null;
        changed = false;
        inFront = null;
    }

    private Map<String, At> positions(String token) {
        Map<String, At> positions = new TreeMap<>();
        topic.where(CursorToken.parse(token))
                .forEach((node, position) ->
                        positions.put(node, new At(position.epoch().toString(), position.sequence())));
        return positions;
    }

    // ------------------------------------------------------------------ what it is sent

    /** The subscription is there, or its filter is another one from this place on. */
    void subscribed(String token, Wanted from) {
        if (begun) {
            token(token);
        }
        changed = begun && paused;
        begun = true;
        at = positions(token);
        lastToken = token;
        inFront = null;
        wanted = from;
    }

    private void passes(String node, String epoch, long before) {
        At known = at.get(node);
        assertNotNull(known, node);
        boolean isNextIncarnation = ends.contains(known) && !known.epoch().equals(epoch);
        At here = isNextIncarnation ? new At(epoch, 0) : known;
        assertEquals(here.epoch(), epoch, () -> node + " is at " + here);
        assertTrue(before >= here.sequence(), () -> before + " comes after " + here);
        for (long i = here.sequence() + 1; i <= before; i++) {
            String key = topic.key(node, epoch, i);
            long missing = i;
            assertTrue(
                    !wanted.takesNode(node) || (key != null && !wanted.takes(node, key)),
                    () -> "nothing was said of " + node + " " + missing);
        }
    }

    void event(JsonNode event) {
        assertFalse(paused, "it has not reloaded");
        inFront = null;
        again = null;
        String node = event.get("node").textValue();
        String epoch = event.get("epoch").textValue();
        long sequence = event.get("seq").longValue();
        passes(node, epoch, sequence - 1);
        At here = at.get(node);
        assertTrue(!here.epoch().equals(epoch) || sequence > here.sequence(), () -> sequence + " comes after " + here);
        String key = event.get("key").textValue();
        assertEquals(topic.key(node, epoch, sequence), key);
        assertEquals(sequence, event.get("data").longValue());
        assertTrue(wanted.takes(node, key), event::toString);
        at.put(node, new At(epoch, sequence));
        seen.events++;
    }

    void left(JsonNode left) {
        assertFalse(paused, "it has not reloaded");
        String node = left.get("node").textValue();
        long sequence = left.get("seq").longValue();
        passes(node, left.get("epoch").textValue(), sequence);
        At end = new At(left.get("epoch").textValue(), sequence);
        at.put(node, end);
        ends.add(end);
        seen.left++;
    }

    /** Where incarnations ended: what comes next is of later ones. */
    private final Set<At> ends = new HashSet<>();

    void expired(JsonNode expired) {
        at = again == null ? at : again;
        again = null;
        changed = false;
        Map<String, At> before = at;
        Map<String, At> after = new TreeMap<>(at);
        for (JsonNode gap : expired.get("gaps")) {
            String node = gap.get("node").textValue();
            assertTrue(wanted.takesNode(node), gap::toString);
            boolean goesOn = gap.get("resumes_at").isNumber(); // else what is told next is of a later incarnation there
            assertTrue(goesOn || gap.get("missed").isNumber(), gap::toString);
            String resumesIn = goesOn
                    ? gap.get("resumes_epoch").textValue()
                    : gap.get("epoch").textValue();
            long resumesAt = goesOn
                    ? gap.get("resumes_at").longValue()
                    : gap.get("first_missing").longValue() + gap.get("missed").longValue();
            if (gap.get("first_missing").isNumber()) {
                String epoch = gap.get("epoch").textValue();
                long first = gap.get("first_missing").longValue();
                if (!before.get(node).equals(after.get(node))
                        && !before.get(node).epoch().equals(epoch)) {
                    assertEquals(1, first, "of an incarnation that came between");
                } else {
                    passes(node, epoch, first - 1);
                }
                if (gap.get("missed").isNumber() && epoch.equals(resumesIn)) {
                    assertEquals(resumesAt, first + gap.get("missed").longValue());
                }
            }
            At behind = new At(resumesIn, resumesAt - 1);
            after.put(node, behind);
            if (!goesOn) {
                ends.add(behind);
            }
        }
        token(expired.get("token").textValue());
        paused = onLag.equals("pause");
        inFront = before;
        behindGap = new TreeMap<>(after);
        behindGap.entrySet().removeIf(entry -> entry.getValue().equals(before.get(entry.getKey())));
        at = paused ? before : after;
        seen.gaps++;
    }

    /** Of those nodes of which something was missed. */
    private Map<String, At> behindGap;

    /** It has reloaded; if its filter changed since it was told, it is told again, as the new filter has it. */
    void resumes() {
        paused = false;
        again = changed ? at : null;
        changed = false;
        inFront = at; // until the gateway has taken its word
        at = new TreeMap<>(at); // its filter may have changed meanwhile, in a place further on
        at.putAll(behindGap);
    }

    private boolean changed;

    /** Is what it was told before it reloads told again, as far as its new filter takes it? */
    boolean isToldAgain() {
        return changed;
    }

    private Map<String, At> again;

    /** It is given a token: that resumes where it is. */
    void token(String token) {
        Map<String, At> there = positions(token);
        Map<String, At> here = inFront != null && !agrees(there, at) ? inFront : at;
        assertTrue(agrees(there, here), () -> "the token has " + there + ", and the client is at " + here);
        lastToken = token;
        seen.tokens++;
    }

    private boolean agrees(Map<String, At> token, Map<String, At> here) {
        Map<String, At> now = at;
        try {
            at = here;
            for (String node : ModelTopic.NODES) {
                if (wanted.takesNode(node)) {
                    At there = token.get(node);
                    assertNotNull(there);
                    passes(node, there.epoch(), there.sequence());
                }
            }
            return true;
        } catch (AssertionError e) {
            return false;
        } finally {
            at = now;
        }
    }

    /** Everything has come. */
    void checkTheEnd() {
        assertTrue(begun);
        for (String node : ModelTopic.NODES) {
            if (wanted.takesNode(node) && !isBetweenIncarnations(node)) {
                passes(node, topic.epoch(node), topic.head(node));
            }
        }
    }

    /** The incarnation of before has left, and nothing came of the next. */
    private boolean isBetweenIncarnations(String node) {
        return ends.contains(at.get(node)) && topic.head(node) == 0;
    }
}
