package dev.gapless.simulation.mutation;

import dev.gapless.simulation.explore.Configuration;
import dev.gapless.simulation.explore.Configurations;
import dev.gapless.simulation.explore.Explorer;
import dev.gapless.simulation.named.NamedSchedule;
import dev.gapless.simulation.scenario.Scenarios;
import dev.gapless.simulation.schedule.FailedSchedule;
import dev.gapless.simulation.schedule.ScheduleReport;
import dev.gapless.simulation.schedule.Simulator;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Judges the core that is on its class path, and says in one line what it found first: {@code killed}, by what, and what was
 * broken; or {@code passed}.
 */
final class Judge {
    static final String KILLED = "killed\t";
    static final String PASSED = "passed";

    /** Something that judges the core. */
    interface Court {
        /** What it found broken, with a tab between where and what; or null. */
        @Nullable String judge(Mandate mandate);
    }

    /**
     * How far to go.
     *
     * @param fromSeed the first seed
     * @param toSeed the last one
     * @param step how many seeds on is the next one
     * @param fewestFaults whether to look for the fewest faults of a seed that suffice
     * @param named seeds and scenarios that come before all others
     */
    record Mandate(long fromSeed, long toSeed, long step, boolean fewestFaults, List<String> named) {
        static Mandate of(String[] args) {
            return new Mandate(
                    Long.parseLong(args[0]),
                    Long.parseLong(args[1]),
                    Long.parseLong(args[2]),
                    Boolean.parseBoolean(args[3]),
                    Stream.of(args).skip(4).toList());
        }

        String[] args() {
            Stream<Object> numbers = Stream.of(fromSeed, toSeed, step, fewestFaults);
            return Stream.concat(numbers, named.stream()).map(String::valueOf).toArray(String[]::new);
        }
    }

    /** These show 70 of 100 faults that any seeds show. The scenarios together take as long as some 50 further seeds. */
    private static final long FIRST_SEEDS = 40;

    private static final long FURTHER_SEEDS = 300;
    /** Schedules of named subscriptions. */
    private static final long NAMES = 300;

    private static final int MOST_STATES = 1_000;

    /** Whoever judges. All of them know guarantees alone, but for a story that is named; who finds most for its time comes first. */
    private static final List<Court> COURTS = List.of(
            Judge::named,
            mandate -> seeds(mandate, 0, FIRST_SEEDS),
            mandate -> Scenarios.firstBroken(),
            mandate -> seeds(mandate, FIRST_SEEDS, FURTHER_SEEDS),
            mandate -> NamedSchedule.firstBroken(1, NAMES),
            mandate -> needless(),
            mandate -> explore(),
            mandate -> seeds(mandate, FURTHER_SEEDS, mandate.toSeed()));

    /** What all seeds together did. */
    private static final ScheduleReport REPORT = new ScheduleReport(1);

    private Judge() {}

    public static void main(String[] args) {
        Mandate mandate = Mandate.of(args);
        for (Court court : COURTS) {
            String found = court.judge(mandate);
            if (found != null) {
                System.out.println(KILLED + found);
                return;
            }
        }
        System.out.println(PASSED);
    }

    private static @Nullable String named(Mandate mandate) {
        for (String name : mandate.named()) {
            String found = named(mandate, name);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable String named(Mandate mandate, String name) {
        if (name.startsWith(Mutations.SCENARIO)) {
            return Scenarios.broken(name.substring(Mutations.SCENARIO.length()));
        } else if (name.startsWith(Mutations.STORY)) {
            return Scenarios.changed(name.substring(Mutations.STORY.length()));
        }
        if (name.startsWith(Mutations.NAMES)) {
            long seed = Long.parseLong(name.substring(Mutations.NAMES.length()));
            return NamedSchedule.firstBroken(seed, seed);
        }
        return judge(mandate, List.of(Long.valueOf(name.substring(Mutations.SEED.length()))));
    }

    /** Those behind {@code behind} and up to {@code last}. */
    private static @Nullable String seeds(Mandate mandate, long behind, long last) {
        List<Long> seeds = LongStream.iterate(mandate.fromSeed(), seed -> seed + mandate.step())
                .takeWhile(seed -> seed <= Math.min(last, mandate.toSeed()))
                .filter(seed -> seed > behind)
                .boxed()
                .toList();
        return judge(mandate, seeds);
    }

    private static @Nullable String judge(Mandate mandate, List<Long> seeds) {
        for (long seed : seeds) {
            String what = Simulator.judge(seed, REPORT);
            if (what != null) {
                return mandate.fewestFaults() ? withFewestFaults(seed) : "seed " + seed + "\t" + what;
            }
        }
        return null;
    }

    /** What no schedule breaks by itself: too much was announced. */
    private static @Nullable String needless() {
        String needless = REPORT.needless();
        return needless == null ? null : "needless\t" + needless;
    }

    /** As far as it is quick. */
    private static @Nullable String explore() {
        for (Configuration configuration : Configurations.ALL) {
            String broken = Explorer.explore(configuration, MOST_STATES).broken();
            if (broken != null) {
                return "exploration: " + configuration.name() + "\t" + broken;
            }
        }
        return null;
    }

    private static String withFewestFaults(long seed) {
        FailedSchedule failure = Simulator.run(seed, null).failure();
        return failure == null
                ? "seed " + seed + "\tnot every time"
                : "seed " + seed + ", faults " + failure.faults() + "\t" + failure.what();
    }
}
