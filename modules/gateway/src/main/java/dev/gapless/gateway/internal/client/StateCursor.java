package dev.gapless.gateway.internal.client;

import dev.gapless.Ended;
import dev.gapless.StartFrom;
import dev.gapless.Table;
import dev.gapless.TableClosed;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.HistoryId;
import dev.gapless.core.table.Change;
import dev.gapless.gateway.internal.client.StateEvent.Brackets;
import dev.gapless.gateway.internal.json.Bytes;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.internal.subscribe.Filter;
import dev.gapless.internal.subscribe.MessageSubscription;
import dev.gapless.internal.table.StateReader;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A topic's state: the rows that a table of this node shows, and how they change. Whoever is slow is not told the states in between, and never
 * expires.
 *
 * <pre>
 *   OPENING ── the table has a state, and is not behind the client's token ──► all rows, in brackets
 *                                                                               │
 *       one row changed: an event; several at once, or a reload: in brackets ◄──┴─ another filter: all rows again
 * </pre>
 *
 * <p>Who lists again gets all rows after a reload, too.
 *
 * <p>Its token is that of the last state that the client has whole. Within brackets it stays where it was.
 */
final class StateCursor<T> extends TopicCursor {
    private static final long LOOK_AGAIN_NS = Duration.ofMillis(50).toNanos();

    private final Common common;
    private final Runnable wake;
    private final @Nullable CursorToken from;
    private final long dueNs;
    private StateReader<T> reader;
    private Filter filter;
    private long maxRowBytes;
    /** Are all rows to be given next? */
    private boolean isWhole = true;
    /** Do they come again after a gap? */
    private final boolean listsAgain;
    /** Was something missing in the step that was taken last? */
    private boolean isStale;
    /** What is to be written of the step that was taken last. */
    private final Deque<Part> parts = new ArrayDeque<>();

    private CursorToken place;

    private sealed interface Part {}

    /** @param behind the place once it is written; null if that stays */
    private record Said(StateEvent event, @Nullable CursorToken behind) implements Part {}

    /** Something is missing in the table from now on. */
    private record Expired(long timeMs, List<Gap> gaps, CursorToken inFront) implements Part {}

    private StateCursor(SubscribeRequest request, Table<T> table, Common common, Runnable wake) {
        super(request.topic());
        this.common = common;
        this.wake = wake;
        this.filter = request.filter();
        this.maxRowBytes = request.maxMessageBytes();
        this.from = request.start() instanceof StartFrom.Resume resume ? resume.token() : null;
        CursorToken nothing = new CursorToken(topic(), common.host().clusterId(), 0, HistoryId.UNKNOWN, List.of(), 0);
        this.place = from == null ? nothing : from;
        this.dueNs = System.nanoTime() + common.settings().stateTimeout.toNanos();
        this.listsAgain = request.listsAgain();
        this.reader = open(() -> StateReader.of(table, wake));
    }

    /** Throws {@link RequestException} if the table has closed. */
    private static <T> StateReader<T> open(Supplier<StateReader<T>> reader) {
        try {
            return reader.get();
        } catch (TableClosed e) {
            throw new RequestException(Kind.REFUSED, String.valueOf(e.getMessage()), e);
        }
    }

    /** Throws {@link RequestException} for what a state does not have. */
    static StateCursor<?> open(SubscribeRequest request, Common common, Runnable wake) {
        Table<?> table = common.states().of(request.topic());
        check(request.filter(), request.onLag());
        if (request.start() instanceof StartFrom.Resume resume) {
            resume.token().checkIsOf(request.topic(), common.host().clusterId());
        } else if (!(request.start() instanceof StartFrom.Latest)) {
            throw new RequestException(Kind.BAD_TOKEN, "the state of a topic begins now: from is a token, or left out");
        }
        return new StateCursor<>(request, table, common, wake);
    }

    private static void check(Filter filter, @Nullable OnLag onLag) {
        if (filter.isOfNodes()) {
            throw new RequestException(Kind.BAD_FILTER, "a state has rows, of no node: filter it by keys");
        }
        if (onLag != null && onLag != OnLag.RESYNC) {
            throw new RequestException(
                    Kind.BAD_MESSAGE, "who gets a state never expires: on_lag is resync, or left out");
        }
    }

    @Override
    boolean isState() {
        return true;
    }

    @Override
    MessageSubscription.@Nullable End end() {
        TableClosed closed = reader.closed();
        if (closed != null) {
            Ended.Reason reason = reader.isShutDown() ? Ended.Reason.SHUTDOWN : Ended.Reason.FAILED;
            return new MessageSubscription.End(reason, closed);
        } else if (!hasBegun()
                && System.nanoTime() - dueNs > 0
                && isBehind(reader.now().token())) {
            RequestException behind = new RequestException(
                    Kind.BEHIND,
                    "The table of topic " + topic()
                            + " of this gateway is behind what the client has seen: try another gateway,"
                            + " or leave out the token to see an earlier state");
            return new MessageSubscription.End(Ended.Reason.FAILED, behind);
        }
        return null;
    }

    @Override
    @Nullable Set<String> ready() {
        CursorToken now = reader.now().token();
        return now == null || isBehind(now) ? null : Set.of();
    }

    /** Has the client seen something that is not there yet? */
    private boolean isBehind(@Nullable CursorToken now) {
        CursorToken seen = from;
        if (seen == null || now == null) {
            return false;
        }
        Map<Epoch, CursorToken.Entry> here = new HashMap<>();
        now.entries().forEach(entry -> here.put(entry.epoch(), entry));
        for (CursorToken.Entry entry : seen.entries()) {
            CursorToken.Entry its = here.get(entry.epoch());
            boolean isThere = its == null
                    ? entry.over() || entry.sequence() <= 0
                    : its.over() || its.sequence() >= entry.sequence();
            if (!isThere) {
                return true;
            }
        }
        return false;
    }

    /** All rows that the filter takes are given once more. */
    @Override
    void change(Filter to, @Nullable OnLag lag, @Nullable Long maxBytes) {
        check(to, lag);
        readAgain();
        filter = to;
        maxRowBytes = maxBytes == null ? maxRowBytes : maxBytes;
        wake.run();
    }

    /** What comes next is all rows. */
    private void readAgain() {
        StateReader<T> again = open(reader::again);
        reader.close();
        reader = again;
        parts.clear();
        isWhole = true;
    }

    @Override
    CursorToken token() {
        return place;
    }

    @Override
    List<CursorToken.Entry> listed(CursorToken token) {
        return token.entries();
    }

    // ------------------------------------------------------------------ reading

    @Override
    boolean hasMore() {
        return false; // what there is waits for room, or for the next turn, and wakes the client
    }

    @Override
    OptionalLong waitNs() {
        return hasBegun() || from == null ? OptionalLong.empty() : OptionalLong.of(LOOK_AGAIN_NS);
    }

    @Override
    @Nullable Written write(Framing framing, Bytes to, boolean isSlow) {
        if (!hasBegun()) {
            return null;
        }
        if (!common.unsent().hasRoom(isSlow)) {
            common.unsent().await(isSlow, wake);
            return null;
        }
        while (parts.isEmpty()) {
            StateReader.Step<T> step = reader.next();
            if (step == null) {
                return null;
            }
            take(step);
        }
        framing.begin(to, topic(), ids());
        Supplier<CursorToken> token = () -> told(place);
        if (parts.peek() instanceof Expired expired) {
            parts.remove();
            framing.expired(to, expired.timeMs(), expired.gaps(), expired.inFront(), token);
            return new Written(framing.end(to, 1, token), 1, false);
        }
        int events = 0;
        while (parts.peek() instanceof Said said
                && events < common.settings().batchEvents
                && to.size() < common.settings().batchBytes) {
            CursorToken behind = said.behind() == null ? place : said.behind();
            if (!framing.state(to, events, said.event(), () -> told(behind))) {
                break;
            }
            parts.remove();
            place = behind;
            events++;
        }
        return new Written(framing.end(to, events, token), events, false);
    }

    private void take(StateReader.Step<T> step) {
        CursorToken then = step.then().token();
        List<Gap> missed = step.missed();
        if (missed != null) {
            expired(missed);
        }
        boolean wasMissing = isStale || missed != null; // the source may have been read before anybody looked
        isStale = step.then().stale();
        if (then == null) {
            return; // before the first state
        }
        if (listsAgain && !isWhole && !isStale && (wasMissing || step.reloaded())) {
            readAgain();
            return;
        }
        List<Change<T>> changes = step.changes().stream()
                .filter(change -> filter.takesRow(change.key()))
                .toList();
        boolean inBrackets = isWhole
                || step.reloaded()
                || changes.size() > 1
                || (step.changes().isEmpty() && !step.then().stale());
        if (inBrackets) {
            Brackets brackets = isWhole ? Brackets.ALL : Brackets.DIFFERENCES;
            isWhole = false;
            parts.add(new Said(new StateEvent.Start(brackets), null));
            changes.forEach(change -> parts.add(row(change, brackets, null)));
            parts.add(new Said(new StateEvent.End(brackets, then, step.then().stale()), then));
        } else if (changes.isEmpty()) {
            place = then; // of other keys
        } else {
            parts.add(row(changes.get(0), null, then));
        }
    }

    private Part row(Change<T> change, @Nullable Brackets in, @Nullable CursorToken behind) {
        return new Said(new StateEvent.Row(change.key(), change.after(), in, maxRowBytes), behind);
    }

    /** It only informs: what the client has stays until the source was read. */
    private void expired(List<Gap> gaps) {
        missed(gaps, gap -> false); // a table knows them
        parts.add(new Expired(System.currentTimeMillis(), gaps, place));
    }

    @Override
    boolean written() {
        return false;
    }

    @Override
    Resumed resume(@Nullable String answered) {
        return Resumed.NOT_PAUSED;
    }

    @Override
    void close() {
        reader.close();
        parts.clear();
    }

    // ------------------------------------------------------------------ for people; any thread

    @Override
    long lag() {
        return 0; // whatever changed since is one step
    }
}
