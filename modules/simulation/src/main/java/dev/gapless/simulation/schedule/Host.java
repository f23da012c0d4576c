package dev.gapless.simulation.schedule;

import dev.gapless.core.TopicSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Where one process lives after the other, at one address or each at its own, and its clock. */
final class Host {
    private final int index;
    private final String name;
    private @Nullable Disk disk;
    private final Addresses addresses;
    private final boolean produces;
    private final int producesFrom;
    private final boolean consumes;
    private @Nullable NodeProcess process;
    private long clockSkewMs;
    private int driftPerMille;
    private final List<Long> incarnations = new ArrayList<>();

    /** What a member goes by until it has told its name. */
    enum Addresses {
        /** That is its name, too: nobody has given it another. */
        ARE_NAMES("nodes named by their address"),
        STAY("nodes with names of their own"),
        /** As those of pods do. */
        CHANGE("nodes with names of their own, and an address for each incarnation");

        private final String words;

        Addresses(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /**
     * @param index counts from 0
     * @param producesFrom the first of its processes whose settings let it publish, counted from 1
     */
    Host(int index, boolean produces, int producesFrom, boolean consumes, Addresses addresses) {
        this.index = index;
        this.name = "n" + (index + 1);
        this.addresses = addresses;
        this.produces = produces;
        this.producesFrom = producesFrom;
        this.consumes = consumes;
    }

    int index() {
        return index;
    }

    /** Another process starts here; returns which one, counted from 1. */
    int begin(long uid) {
        incarnations.add(uid);
        return incarnations.size();
    }

    /** Has the process that is here now the address of the one before it, or was there none? */
    boolean isAtSameAddressAsBefore() {
        int last = incarnations.size() - 1;
        return last == 0 || isOneAddress(incarnations.get(last), incarnations.get(last - 1));
    }

    /** Does what is sent to that process arrive at the one that is here now, or comes next? */
    boolean isReached(long uid) {
        return isOneAddress(uid, incarnations.get(incarnations.size() - 1));
    }

    /** Of the processes that started here before this one, those that pass this test. */
    List<Long> before(long uid, LongPredicate test) {
        return incarnations.stream()
                .takeWhile(incarnation -> incarnation != uid)
                .filter(test::test)
                .toList();
    }

    Disk disk() {
        return Objects.requireNonNull(disk, "It has no disk");
    }

    void disk(Disk its) {
        disk = its;
    }

    String name() {
        return name;
    }

    /** How many processes there were, roughly. */
    String livesClass() {
        int most = incarnations.size();
        return "incarnations of a node: " + (most <= 3 ? "up to 3" : most <= 16 ? "4 to 16" : "17 and more");
    }

    /** Before that process here has told its name it goes under this. */
    String addressOf(long uid) {
        return switch (addresses) {
            case ARE_NAMES, STAY -> seedAddress();
            case CHANGE -> name + ":" + (2551 + incarnations.indexOf(uid));
        };
    }

    /** Where its processes are, if each has the same address. */
    String seedAddress() {
        return addresses == Addresses.ARE_NAMES ? name : name + ":2551";
    }

    boolean isAt(String address) {
        return address.equals(seedAddress());
    }

    /** Are these two processes at one address, or is it one? */
    boolean isOneAddress(long uid, long other) {
        return addressOf(uid).equals(addressOf(other));
    }

    boolean produces() {
        return produces;
    }

    /** Of the process that lives here now, or began last. */
    boolean mayProduce() {
        return incarnations.size() >= producesFrom;
    }

    TopicSettings settings(TopicSettings ofAll) {
        return mayProduce() ? ofAll : ofAll.with(draft -> draft.publishing = false);
    }

    boolean consumes() {
        return consumes;
    }

    /** Whoever lives here now, or null. */
    @Nullable NodeProcess process() {
        return process;
    }

    void process(@Nullable NodeProcess living) {
        process = living;
    }

    boolean isUp() {
        return process != null;
    }

    /** Has one of its subscriptions been told that it missed something, and not reloaded yet? */
    boolean isReloading() {
        return process != null
                && process.subscribers().values().stream().anyMatch(one -> one.isOpen() && one.isReloading());
    }

    long clockSkewMs() {
        return clockSkewMs;
    }

    /** Its clock is set: it is wrong by this much from now on. */
    void clockSkewMs(long skewMs) {
        clockSkewMs = skewMs;
    }

    /** By how much its clocks are faster than right ones. */
    int driftPerMille() {
        return driftPerMille;
    }

    void driftPerMille(int perMille) {
        driftPerMille = perMille;
    }

    @Override
    public String toString() {
        return name;
    }
}
