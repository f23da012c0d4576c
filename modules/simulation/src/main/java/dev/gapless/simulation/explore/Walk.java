package dev.gapless.simulation.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes one world from state to state. On the way to a state it remembers how things are in the states that it comes through, so
 * that from there it gets to those nearby in a few steps.
 */
final class Walk {
    private final States states;
    private final ExploredWorld world;
    private final StateReader reader;
    /** The states on the way to where it is, by their depth. */
    private int[] path;
    /** How things were there. */
    private final List<Place> places = new ArrayList<>();

    /** How everything is in one state. */
    private final class Place {
        private int number = States.NONE;
        private final WorldSnapshot rest = new WorldSnapshot();
        private final WorldSnapshot[] own = new WorldSnapshot[world.size()];
        /** Of each incarnation, of here or of where something happened to it last on the way here. */
        private final @Nullable WorldSnapshot[] incarnations = new WorldSnapshot[world.size()];

        private final StateReader.@Nullable Reading[] readings = new StateReader.Reading[world.size()];

        Place() {
            Arrays.setAll(own, host -> new WorldSnapshot());
        }

        /** Remembers how things are now, in this state, having come from there. */
        void keep(int state, @Nullable Place before) {
            number = state;
            keep(rest, world, -1);
            for (int host = 0; host < world.size(); host++) {
                if (before != null && !world.isTouched(host)) {
                    incarnations[host] = before.incarnations[host];
                    readings[host] = before.readings[host];
                } else {
                    ExploredNode incarnation = world.incarnationAt(host);
                    incarnations[host] = incarnation == null ? null : own[host];
                    readings[host] = null;
                    if (incarnation != null) {
                        keep(own[host], incarnation, host);
                    }
                }
            }
            world.untouch();
        }

        private void keep(WorldSnapshot snapshot, Object root, int host) {
            snapshot.keep(root, visit -> world.forEachStranger(host, visit));
        }

        /** Makes things be as they were, after something happened here. */
        void putBack() {
            for (int host = 0; host < incarnations.length; host++) {
                if (incarnations[host] != null && world.isTouched(host)) {
                    incarnations[host].putBack();
                }
            }
            rest.putBack();
            world.untouch();
        }

        /** Makes things be as they were, when they are now as they are there, further on the same way. */
        void putBack(Place further) {
            for (int host = 0; host < incarnations.length; host++) {
                if (incarnations[host] != null && incarnations[host] != further.incarnations[host]) {
                    incarnations[host].putBack();
                }
            }
            rest.putBack();
            world.untouch();
        }

        /** Reads all incarnations as they are here. */
        void read() {
            for (int host = 0; host < readings.length; host++) {
                if (readings[host] == null) {
                    readings[host] = reader.read(world, host);
                }
            }
        }

        /** After something happened here. */
        StateFingerprint fingerprint() {
            StateReader.@Nullable Reading[] now = readings.clone();
            for (int host = 0; host < now.length; host++) {
                if (world.isTouched(host)) {
                    now[host] = reader.read(world, host);
                }
            }
            return reader.fingerprint(world, now);
        }
    }

    /** Begins in a world that is in the first state. */
    Walk(States states, ExploredWorld world) {
        this.states = states;
        this.world = world;
        this.reader = new StateReader(world.configuration());
        this.path = new int[] {0};
        Place first = new Place();
        first.keep(0, null);
        first.read();
        places.add(first);
    }

    ExploredWorld world() {
        return world;
    }

    /** Goes to the state with this number; those behind it come next. */
    void goTo(int number) {
        int[] wanted = states.path(number);
        int depth = commonDepth(path, wanted);
        while (places.get(depth).number != wanted[depth]) {
            depth--;
        }
        if (depth < path.length - 1) {
            places.get(depth).putBack(here());
        }
        int nextFork = number + 1 < states.size() ? commonDepth(wanted, states.path(number + 1)) : 0;
        Place before = places.get(depth);
        while (depth < wanted.length - 1) {
            depth++;
            world.perform(states.action(wanted[depth]));
            if (depth == places.size()) {
                places.add(new Place());
            }
            Place place = places.get(depth);
            if (depth == nextFork || depth == wanted.length - 1) {
                place.keep(wanted[depth], before);
                before = place;
            } else {
                place.number = States.NONE;
            }
        }
        path = wanted;
        before.read();
    }

    /** The depth of the last state that two ways have in common. */
    private static int commonDepth(int[] one, int[] other) {
        int depth = 0;
        while (depth + 1 < Math.min(one.length, other.length) && one[depth + 1] == other[depth + 1]) {
            depth++;
        }
        return depth;
    }

    private Place here() {
        return places.get(path.length - 1);
    }

    /** What the world looks like, after something happened in the state where it is. */
    StateFingerprint fingerprint() {
        return here().fingerprint();
    }

    /** Takes back what happened in the state where it is. */
    void back() {
        here().putBack();
    }
}
