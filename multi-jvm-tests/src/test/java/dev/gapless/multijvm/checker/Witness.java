package dev.gapless.multijvm.checker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Judges one subscription by its journal: guarantees G1, G2, G3 and G4 as it goes on, and G6 when it should be level. One that
 * began with a token goes on where the journal of the one that wrote the token was.
 */
final class Witness {
    /** By so much members may differ about when something happened. */
    private static final long MARGIN_NS = 60_000_000_000L;
    /** So long after its last message another cluster may count as gone: six times the longest grace of these tests. */
    private static final long GONE_NS = 18_000_000_000L;

    /** Lives that began behind a token, and ended before it was resumed. */
    private static final String BEHIND_A_TOKEN = "lives behind a token, told ";

    private final Truth truth;
    private final Violations violations;
    private final Tally tally;
    private final String id;
    private final String topic;
    private final String node;
    private final String life;
    private final long beganNs;
    /** How many messages a ring of this topic holds, or 0 if that is not to be judged. */
    private final long largeRing;

    private final Map<String, Stream> streams = new HashMap<>();
    private final Map<Integer, Taken> tokens = new HashMap<>();
    private final Due due;
    private boolean ended;
    private List<Gap> pending;
    private int gapsToCome;
    private List<Gap> failedReload;
    private long toldNs;

    /** What stands for a token. */
    private record Taken(Map<String, Stream> streams, Due due, long ns) {}

    Witness(Truth truth, Violations violations, Tally tally, Map<String, Long> largeRings, List<String> header) {
        this.truth = truth;
        this.violations = violations;
        this.tally = tally;
        id = header.get(1);
        topic = header.get(2);
        largeRing = largeRings.getOrDefault(topic, 0L);
        node = header.get(3);
        life = header.get(4);
        beganNs = Long.parseLong(header.get(7));
        due = new Due(truth);
        tally.add("subscriptions", 1);
    }

    void resumes(Witness source, int token) {
        Taken taken = source.tokens.get(token);
        if (taken == null) {
            throw new IllegalStateException(this + " resumes token " + token + " that " + source + " has not written");
        }
        taken.streams().forEach((name, stream) -> streams.put(name, stream.copy()));
        due.resumes(taken.due(), source.life, taken.ns(), life, beganNs);
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
            case "y" -> due.ready(Long.parseLong(words[2]));
            case "d" -> given(words);
            case "x" -> told(Integer.parseInt(words[1]), Long.parseLong(words[2]));
            case "g" -> toldOf(Gap.of(words));
            case "r" -> reloaded();
            case "z" -> {
                failedReload = pending;
                tally.add("reloads that failed", 1);
            }
            case "l" -> left(truth.node(words[1]), words[2], Long.parseLong(words[3]));
            case "t" -> tokens.put(Integer.parseInt(words[1]), taken(Long.parseLong(words[3])));
            case "u" -> fail("G3", "cannot decode " + String.join(" ", words));
            case "e" -> ended = true;
            default -> throw new IllegalStateException(this + ": " + String.join(" ", words));
        }
    }

    private Taken taken(long ns) {
        Map<String, Stream> copies = new HashMap<>();
        streams.forEach((name, stream) -> copies.put(name, stream.copy()));
        return new Taken(copies, due.copy(), ns);
    }

    // ------------------------------------------------------------------------------------------ given

    private void given(String[] words) {
        String from = truth.node(words[1]);
        String epoch = words[2];
        long sequence = Long.parseLong(words[3]);
        tally.add("delivered", 1);
        truth.given(toString(), from, topic, epoch, sequence, new String[] {words[4], words[5], words[6], words[7]});
        String what = from + "/" + epoch + ":" + sequence;
        if (pending != null) {
            fail("G1", "is given " + what + " before it has reloaded");
        }
        Stream stream = stream(from);
        Long reached = stream.reached.get(epoch);
        if (reached != null && sequence <= reached) {
            fail("G2", "is given " + what + " having reached " + reached);
            return;
        }
        if (reached != null && sequence > reached + 1) {
            fail("G1", "is given " + what + " silently, having reached " + reached);
        }
        if (!epoch.equals(stream.current)) {
            if (isInALog(stream)) {
                fail("G1", "is given " + what + " silently, being in " + stream.current);
            } else if (reached != null) {
                fail("G1", "is given " + what + " of a log that was over");
            }
            stream.current = epoch;
            nothingSkipped("G1", from, stream, epoch, sequence - 1, "before " + what);
        } else if (stream.closed) {
            tally.add("given after it was announced as lost", 1);
        }
        stream.enter(epoch, sequence);
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
        Map<String, List<Gap>> byNode = new LinkedHashMap<>();
        for (Gap gap : pending) {
            tally.add("expired: " + gap.reason(), 1);
            if (isOfAnotherCluster(gap)) {
                tally.add("told of another cluster", 1);
            } else if (gap.reason().equals("POSITION_UNKNOWN") && !due.isResumed() && !isOfWhoWasSilent(gap)) {
                fail("G1", "is told that its position is unknown, and never had one from elsewhere: " + gap);
            }
            if (gap.node() == null) {
                concernsEverybody();
                continue;
            }
            String from = truth.node(gap.node());
            if (!from.equals(gap.node())) {
                tally.add("expired, by an address: " + gap.reason(), 1);
            }
            List<Gap> its = byNode.computeIfAbsent(from, n -> new ArrayList<>());
            // What goes under an address is of a life that never said its name, and came before those that did.
            its.add(from.equals(gap.node()) ? its.size() : 0, gap);
        }
        pending = null;
        failedReload = null;
        byNode.forEach(this::pass);
    }

    /** Nobody knows who came and went since the token was taken: what those had published by then is in the reload. */
    private void concernsEverybody() {
        for (String from : truth.nodes(topic)) {
            tellOf(from, life -> life.over);
        }
    }

    /** Whoever has just started is also told of one that was there shortly before: nobody knows by how much clocks differ. */
    private boolean isOfAnotherCluster(Gap gap) {
        return gap.node() == null
                && !due.isResumed()
                && (truth.wasApart(life, beganNs, toldNs)
                        || truth.wereTwoClusters(toldNs - MARGIN_NS - GONE_NS, toldNs));
    }

    /** Of a node that {@code ready()} went on without, of which nothing was given by then. */
    private boolean isOfWhoWasSilent(Gap gap) {
        return gap.node() != null && gap.first() == null && stream(truth.node(gap.node())).current == null;
    }

    private void tellOf(String from, Predicate<Life> which) {
        for (Life log : truth.lives(topic, from)) {
            if (log.epoch != null && which.test(log)) {
                stream(from).told(log.epoch, toldNs);
            }
        }
    }

    private void pass(String from, List<Gap> gaps) {
        Stream stream = stream(from);
        Gap last = gaps.get(gaps.size() - 1);
        countLivesBehindATokenWithoutNumbers(from, stream, last);
        if (last.resumesAt() == null && gaps.stream().anyMatch(gap -> gap.missed() == null)) {
            stream.told(toldNs);
        } else if (last.resumesAt() != null && gaps.stream().anyMatch(gap -> gap.missed() == null)) {
            // It leads over the lives before the one in which it goes on.
            Life target = truth.ofEpoch(last.resumesEpoch());
            tellOf(from, life -> target == null ? life.over : life.index < target.index);
        }
        boolean aside = true;
        for (Gap gap : gaps) {
            aside &= isAside(stream, gap);
            if (gap.first() != null) {
                passNumbers(from, stream, gap);
            }
        }
        if (last.resumesAt() == null) {
            stream.closed |= !aside;
            Life lost = stream.current == null ? null : truth.ofEpoch(stream.current);
            if (last.missed() == null && lost != null && !truth.knewBefore(life, lost.id, Long.MAX_VALUE)) {
                stream.lostElsewhere(stream.current);
            }
            return;
        }
        String epoch = last.resumesEpoch();
        long before = last.resumesAt() - 1;
        Long reached = stream.reached.get(epoch);
        if (reached != null && reached > before) {
            fail("G2", "goes on at " + epoch + ":" + last.resumesAt() + " of " + from + ", having reached " + reached);
        } else if (last.first() != null && before > (reached == null ? 0 : reached)) {
            fail("G1", "is not told how many it missed: " + gaps);
        }
        stream.enter(epoch, before);
    }

    private void countLivesBehindATokenWithoutNumbers(String from, Stream stream, Gap last) {
        if (last.resumesAt() == null && last.first() == null && due.firstOf(from, stream, behindTokens(from)) != null) {
            tally.add(BEHIND_A_TOKEN + "without numbers", 1);
        }
    }

    private List<Life> behindTokens(String from) {
        return truth.lives(topic, from).stream().filter(due::isBetween).toList();
    }

    private void passNumbers(String from, Stream stream, Gap gap) {
        String epoch = gap.epoch();
        long first = gap.first();
        Long reached = stream.reached.get(epoch);
        boolean aside = isAside(stream, gap);
        if (isInALog(stream) && !epoch.equals(stream.current) && !aside) {
            fail("G1", "is told " + gap + ", being in " + stream.current);
        }
        if (reached != null && first <= reached && isToldAlone(gap) && due.isResumed()) {
            tally.add("limit: told of a life that is over, and that a token had passed", 1);
            stream.reached.put(epoch, Math.max(reached, first + gap.missed() - 1));
            return;
        } else if (reached != null && first <= reached) {
            fail("G2", "is told that it missed what it has: " + gap + ", having reached " + reached);
        } else if (reached != null && first > reached + 1) {
            fail("G1", "is told too little: " + gap + ", having reached " + reached);
        }
        stream.current = aside ? stream.current : epoch;
        if (!isToldAlone(gap)) {
            nothingSkipped("G1", from, stream, epoch, first - 1, "before " + gap);
        } else if (truth.ofEpoch(epoch) != null) {
            nothingSkippedIn("G1", due.first(from, stream, truth.ofEpoch(epoch), first - 1), "before " + gap);
        }
        boolean goesOnThere = epoch.equals(gap.resumesEpoch());
        if (gap.missed() == null) {
            if (goesOnThere) {
                fail("G1", "is not told how many it missed: " + gap);
            }
            stream.end(epoch);
            return;
        }
        long upTo = first + gap.missed() - 1;
        Life log = truth.ofEpoch(epoch);
        if (gap.missed() < 1 || (log != null && upTo > log.intended())) {
            fail("G1", "is told that it missed what never was: " + gap);
        }
        if (goesOnThere && gap.resumesAt() != upTo + 1) {
            fail("G1", "does not go on behind what it missed: " + gap);
        }
        if (gap.reason().equals("OVERRUN") && log != null && log.at(first) != null) {
            long since = truth.published(topic, log.at(first).publishedNs, toldNs);
            if (since < largeRing / 2) {
                fail("G1", "is told of an overrun, though only " + since + " messages came after: " + gap);
            }
        }
        tally.add("announced as missed", gap.missed());
        if (log != null && due.isBetween(log)) {
            tally.add(BEHIND_A_TOKEN + "in numbers", 1);
        }
        if (aside) {
            stream.reached.put(epoch, upTo);
        } else {
            stream.enter(epoch, upTo);
            stream.closed = isToldAlone(gap);
        }
    }

    /**
     * Must it be told that the log it is in ended, before it is given or told anything of another? Not if nothing ever stood in it: then
     * nothing is told, if the producer said so when it left.
     */
    private boolean isInALog(Stream stream) {
        boolean empty = stream.current != null
                && truth.ofEpoch(stream.current) == null
                && stream.reached.getOrDefault(stream.current, 0L) == 0;
        return !stream.closed && !empty;
    }

    /** A life that is over is told of by itself, wherever the stream is. Others of its node may be told of later. */
    private static boolean isToldAlone(Gap gap) {
        return gap.reason().equals("PRODUCER_LOST") && gap.missed() != null && gap.resumesAt() == null;
    }

    private static boolean isAside(Stream stream, Gap gap) {
        return isToldAlone(gap) && !stream.closed && !gap.epoch().equals(stream.current);
    }

    private void left(String from, String epoch, long sequence) {
        tally.add("producers that left", 1);
        Stream stream = stream(from);
        String what = "is told that " + from + " left at " + epoch + ":" + sequence;
        Long reached = stream.reached.get(epoch);
        if (reached != null && reached != sequence) {
            fail("G1", what + ", having reached " + reached);
        }
        if (isInALog(stream) && !epoch.equals(stream.current)) {
            fail("G1", what + ", being in " + stream.current);
        }
        Life log = truth.ofEpoch(epoch);
        if (log != null && log.head() > sequence) {
            fail("G1", what + ", though its head is " + log.head());
        }
        stream.enter(epoch, Math.max(sequence, reached == null ? 0 : reached));
        nothingSkipped("G1", from, stream, epoch, sequence, "before it left");
        stream.end(epoch);
    }

    // ------------------------------------------------------------------------------------------ what is due

    /** Everything due in earlier lives that were members, and in this one up to there, must have been given or told. */
    private void nothingSkipped(String guarantee, String from, Stream stream, String epoch, long upTo, String when) {
        Life target = truth.ofEpoch(epoch);
        if (target == null) {
            return;
        }
        List<Life> earlier = truth.lives(topic, from).subList(0, target.index).stream()
                .filter(log -> truth.knewBefore(life, log.id, Long.MAX_VALUE))
                .toList();
        String skipped = due.firstOf(from, stream, earlier);
        nothingSkippedIn(guarantee, skipped != null ? skipped : due.first(from, stream, target, upTo), when);
    }

    private void nothingSkippedIn(String guarantee, String skipped, String when) {
        if (skipped != null) {
            fail(guarantee, skipped + " is neither given nor told " + when);
        }
    }

    /** Why it is not level yet, though nobody publishes and no fault lasts; null if it is, or if it is over. */
    String lacks(boolean hostIsOver) {
        if (ended || hostIsOver) {
            return null;
        } else if (!due.isReady()) {
            return "is not ready";
        } else if (pending != null) {
            return "is reloading";
        }
        for (String from : truth.nodes(topic)) {
            String lack = due.lacks(topic, from, stream(from));
            if (lack != null) {
                return lack;
            }
        }
        return null;
    }

    // ------------------------------------------------------------------------------------------

    String host() {
        return node;
    }

    long beganNs() {
        return beganNs;
    }

    private Stream stream(String from) {
        return streams.computeIfAbsent(from, n -> new Stream());
    }

    private void fail(String guarantee, String what) {
        violations.add(guarantee, this + " " + what);
    }

    @Override
    public String toString() {
        return id + " (" + topic + " on " + node + ")";
    }
}
