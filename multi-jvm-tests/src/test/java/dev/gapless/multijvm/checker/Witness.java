package dev.gapless.multijvm.checker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges one subscription by its journal: guarantees G1, G2, G3 and G4 as it goes on, stream by stream, and G6 when it should be
 * level. One that began with a token goes on where the journal of the one that wrote the token was.
 */
final class Witness {
    private final Reader reader;
    private final Truth truth;
    private final Tally tally;
    private final long largeRing;
    private final Streams streams;
    private final Map<Integer, Streams.Kept> tokens = new HashMap<>();
    private boolean ended;
    private List<Gap> pending;
    private int gapsToCome;
    private List<Gap> failedReload;
    private long toldNs;

    /** @param largeRings by topic, how many messages a ring holds, where that is to be judged */
    Witness(Truth truth, Violations violations, Tally tally, Map<String, Long> largeRings, List<String> header) {
        this.truth = truth;
        this.tally = tally;
        reader = Reader.of(header);
        largeRing = largeRings.getOrDefault(reader.topic(), 0L);
        streams = new Streams(reader, truth, violations);
        tally.add("subscriptions", 1);
    }

    void resumes(Witness source, int token) {
        Streams.Kept kept = source.tokens.get(token);
        if (kept == null) {
            throw new IllegalStateException(this + " resumes token " + token + " that " + source + " has not written");
        }
        streams.resume(kept);
        tally.add("tokens resumed", 1);
    }

    /** Reads one line behind the first. */
    void line(String[] words) {
        if (ended && (words[0].equals("r") || words[0].equals("z"))) {
            return; // a reload that was under way when it ended
        } else if (ended && !words[0].equals("y")) {
            fail("G1", "has " + String.join(" ", words) + " behind its end");
        }
        switch (words[0]) {
            case "y" -> streams.due().ready(Long.parseLong(words[2]));
            case "d" -> given(words);
            case "x" -> told(Integer.parseInt(words[1]), Long.parseLong(words[2]));
            case "g" -> toldOf(Gap.of(words));
            case "r" -> reloaded();
            case "z" -> {
                failedReload = pending;
                tally.add("reloads that failed", 1);
            }
            case "l" -> left(words[1], words[2], Long.parseLong(words[3]));
            case "t" -> tokens.put(Integer.parseInt(words[1]), streams.kept(words[2], Long.parseLong(words[3])));
            case "u" -> fail("G3", "cannot decode " + String.join(" ", words));
            case "e" -> ended = true;
            default -> throw new IllegalStateException(this + ": " + String.join(" ", words));
        }
    }

    // ------------------------------------------------------------------------------------------ given

    private void given(String[] words) {
        String from = truth.node(words[1]);
        String epoch = words[2];
        long sequence = Long.parseLong(words[3]);
        String what = from + "/" + epoch + ":" + sequence;
        tally.add("delivered", 1);
        truth.given(
                toString(), from, reader.topic(), epoch, sequence, new String[] {words[4], words[5], words[6], words[7]
                });
        Stream stream = streams.of(epoch);
        Incarnation log = truth.ofEpoch(epoch);
        if (pending != null) {
            fail("G1", "is given " + what + " before it has reloaded");
        }
        if (sequence <= stream.reached()) {
            fail("G2", "is given " + what + " having reached " + stream.reached());
            return;
        }
        if (stream.hasBegun() && !stream.mayPassOver() && sequence > stream.reached() + 1) {
            fail("G1", "is given " + what + " silently, having reached " + stream.reached());
        } else {
            streams.nothingSkipped(stream, log, sequence - 1, "before " + what);
        }
        streams.mayGoOn(stream, log, "is given " + what);
        if (stream.isLost()) {
            tally.add("given after it was announced as lost", 1);
        }
        stream.reach(sequence);
        if (truth.isItsName(words[1])) {
            stream.isGivenUnderItsName();
            streams.isItsTurn(words[1], epoch, "is given " + what);
        }
    }

    // ------------------------------------------------------------------------------------------ told

    private void told(int gaps, long ns) {
        if (pending != null && failedReload == null) {
            fail("G1", "is told again before it has reloaded");
        } else if (gaps == 0) {
            fail("G1", "is told of nothing");
        }
        pending = new ArrayList<>();
        gapsToCome = gaps;
        toldNs = ns;
    }

    private void toldOf(Gap gap) {
        pending.add(gap);
        if (pending.size() == gapsToCome && failedReload != null && !failedReload.equals(pending)) {
            fail("G1", "is told " + pending + " after a failed reload for " + failedReload);
        }
    }

    private void reloaded() {
        if (pending == null || pending.size() != gapsToCome) {
            throw new IllegalStateException(this + " has reloaded for no reason");
        }
        List<Gap> told = pending;
        pending = null;
        failedReload = null;
        new Notices(streams, truth, tally, largeRing, toldNs).areTold(told);
    }

    /** It left in good order: what was missed before is told by then. */
    private void left(String from, String epoch, long sequence) {
        tally.add("producers that left", 1);
        String what = "is told that " + truth.node(from) + " left at " + epoch + ":" + sequence;
        Stream stream = streams.of(epoch);
        Incarnation log = truth.ofEpoch(epoch);
        if (stream.hasBegun() && stream.reached() != sequence) {
            fail("G1", what + ", having reached " + stream.reached());
        } else {
            streams.nothingSkipped(stream, log, sequence, "before it left");
        }
        if (log != null && log.head() > sequence) {
            fail("G1", what + ", though its head is " + log.head());
        }
        streams.mayGoOn(stream, log, what);
        streams.isItsTurn(from, epoch, what);
        stream.reach(Math.max(sequence, stream.reached()));
        stream.end(Stream.End.EXACT, toldNs, reader.incarnation());
    }

    // ------------------------------------------------------------------------------------------ at the end

    /** Why it is not level yet, though nobody publishes and no fault lasts; null if it is, or if it is over. */
    String lacks(boolean hostIsOver) {
        if (ended || hostIsOver) {
            return null;
        } else if (!streams.due().isReady()) {
            return "is not ready";
        } else if (pending != null) {
            return "is reloading";
        }
        return streams.lacks();
    }

    Reader reader() {
        return reader;
    }

    private void fail(String guarantee, String what) {
        streams.fail(guarantee, what);
    }

    @Override
    public String toString() {
        return reader.toString();
    }
}
