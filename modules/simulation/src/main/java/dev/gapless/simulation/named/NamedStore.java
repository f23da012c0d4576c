package dev.gapless.simulation.named;

import dev.gapless.core.CursorToken;
import dev.gapless.simulation.oracle.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The store of the tokens of one name. A request reads the last record, and writes one behind it, which has the next number. The store takes
 * each number once (rule D4). So what is written late stands in nobody's place.
 */
final class NamedStore {
    /** Invariant: the token of a later record is never behind that of an earlier one. */
    private Row last = new Row(0, 0, 0, null);

    private final List<Request> requests = new ArrayList<>();
    /** What may be written yet, and is answered to nobody. */
    private final List<Row> adrift = new ArrayList<>();

    /**
     * A record.
     *
     * @param place its number in the store
     * @param owner whose
     * @param number of the request that stored it; 0 if the name was opened
     * @param token null if there is none
     */
    record Row(
            long place, long owner, long number, @Nullable CursorToken token) {}

    /** What is wanted of the store. */
    static final class Request {
        final NamedLife by;
        final long number;
        final @Nullable CursorToken token;
        /** It is not read later. */
        final long untilNs;

        private boolean isRead;
        /** What was read. */
        private @Nullable Row found;
        /** What is to be written behind that; null if nothing is. */
        private @Nullable Row next;

        Request(NamedLife by, long number, @Nullable CursorToken token, long untilNs) {
            this.by = by;
            this.number = number;
            this.token = token;
            this.untilNs = untilNs;
        }

        boolean isRead() {
            return isRead;
        }

        boolean isWaitedFor() {
            return by.isWaitingFor(number);
        }
    }

    void ask(Request request) {
        requests.add(request);
    }

    List<Request> requests() {
        return requests;
    }

    int adrift() {
        return adrift.size();
    }

    Row last() {
        return last;
    }

    // ------------------------------------------------------------------ what becomes of a request

    void read(Request request) {
        request.isRead = true;
        request.found = last;
        long owner = request.by.id();
        boolean isIts = last.owner() == owner;
        CursorToken token = request.token;
        if (token == null) {
            request.next = isIts ? null : new Row(last.place() + 1, owner, 0, last.token());
        } else if (isIts && last.number() < request.number) {
            request.next = new Row(last.place() + 1, owner, request.number, token);
        }
    }

    /** It is done, and answered; if its place is taken, it is said to have failed. */
    void finish(Request request) {
        requests.remove(request);
        Row next = request.next;
        if (next != null && !write(next)) {
            request.by.failed(request, "its number is taken");
        } else {
            answer(request);
        }
    }

    private void answer(Request request) {
        if (request.token == null) {
            CursorToken token = request.found == null ? null : request.found.token();
            request.by.opened(request, token == null ? "" : token.toString());
        } else {
            Row there = request.next == null ? request.found : request.next;
            request.by.stored(request, there != null && there.owner() == request.by.id());
        }
    }

    /** It is said to have failed. What it was to write may be written yet. */
    void fail(Request request) {
        lose(request);
        request.by.failed(request, "it did not work");
    }

    /** It is never answered. What it was to write may be written yet. */
    void lose(Request request) {
        requests.remove(request);
        Row next = request.next;
        if (next != null && next.place() > last.place()) {
            adrift.add(next);
        }
    }

    /** This is written at last. */
    void writeAdrift(int index) {
        boolean unused = write(adrift.get(index));
    }

    private boolean write(Row row) {
        if (row.place() != last.place() + 1) {
            return false;
        }
        if (NamedLife.at(row.token()) < NamedLife.at(last.token())) {
            throw new Violation("S7: " + row + " takes the place of " + last);
        }
        last = row;
        adrift.removeIf(other -> other.place() <= row.place()); // it can have no effect any more
        return true;
    }

    // ------------------------------------------------------------------ where it stands

    /** The how manieth of a life's numbers this is: numbers rise without end, and only their order counts. */
    int rank(long owner, long number) {
        Set<Long> lower = new TreeSet<>();
        requests.stream().filter(one -> one.by.id() == owner).forEach(one -> lower.add(one.number));
        rows().filter(row -> row.owner() == owner).forEach(row -> lower.add(row.number()));
        lower.removeIf(one -> one >= number);
        return lower.size();
    }

    private Stream<Row> rows() {
        Stream<Row> read =
                requests.stream().flatMap(one -> Stream.ofNullable(one.next)).filter(row -> row.place() > last.place());
        return Stream.concat(Stream.concat(Stream.of(last), adrift.stream()), read);
    }

    /** Alike for two that will behave alike. */
    String describe(long nowNs) {
        return text(last) + requests.stream().map(one -> text(one, nowNs)).toList() + " adrift "
                + adrift.stream().map(this::text).toList();
    }

    private String text(Request one, long nowNs) {
        String what = one.by.id()
                + (one.token == null ? " opens " : " stores " + NamedLife.at(one.token) + " ")
                + rank(one.by.id(), one.number);
        if (!one.isRead) {
            return what + " within " + (one.untilNs - nowNs);
        }
        Row found = one.found;
        return what + " finds " + (found == null ? "" : found.owner() + " " + NamedLife.at(found.token()))
                + (one.next == null ? "" : " writes " + text(one.next));
    }

    private String text(Row row) {
        return row.place() <= last.place() && !row.equals(last)
                ? "in vain"
                : row.owner() + "/" + rank(row.owner(), row.number()) + " at " + NamedLife.at(row.token());
    }
}
