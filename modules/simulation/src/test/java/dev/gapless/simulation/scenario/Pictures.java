package dev.gapless.simulation.scenario;

import dev.gapless.core.consumer.FeedConsumer;
import dev.gapless.core.delivery.RegistrationStatus;
import dev.gapless.core.delivery.TopicConsumer;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.feed.FeedEntry;
import dev.gapless.core.log.Log;
import dev.gapless.core.producer.CursorStatus;
import dev.gapless.core.producer.ProducerState;

/** What a node looks like from within: its log and cursors, its registrations, its feed. */
final class Pictures {
    private final World world;

    Pictures(World world) {
        this.world = world;
    }

    private boolean isShown(ScenarioNode incarnation, String node) {
        return world.shows("self") || !node.equals(incarnation.nodeName());
    }

    void state(ScenarioNode incarnation) {
        ProducerState producer = incarnation.node().producer();
        if (producer == null) {
            world.story().tell("no log");
        } else {
            Log log = producer.log();
            world.story()
                    .tell("log " + incarnation.name() + " "
                            + (log.size() == 0 ? "empty" : log.oldest() + ".." + log.head())
                            + (log.waiting() == 0 ? "" : ", " + log.waiting() + " publishes wait"));
            producer.cursors().stream()
                    .filter(c -> isShown(
                            incarnation,
                            nodeOf(world.names().incarnation(c.session().uid()))))
                    .forEach(this::cursor);
        }
        TopicConsumer consumer = incarnation.node().consumer();
        if (consumer != null) {
            consumer.registrations().stream()
                    .filter(r -> isShown(incarnation, r.node()))
                    .forEach(this::registration);
        }
    }

    private static String nodeOf(String incarnation) {
        return incarnation.substring(0, incarnation.indexOf('.'));
    }

    private void cursor(CursorStatus cursor) {
        String reader = cursor.reader() == 0 ? "" : "#" + cursor.reader();
        world.story()
                .tell("cursor " + world.names().session(cursor.session()) + reader + " sent " + cursor.sent()
                        + " acked " + cursor.acked() + (cursor.confirmed() ? "" : ", unconfirmed")
                        + (cursor.bytesInFlight() == 0 ? "" : ", " + cursor.bytesInFlight() + " bytes under way")
                        + (cursor.stalled() ? ", not waited for" : ""));
    }

    private void registration(RegistrationStatus registration) {
        world.story()
                .tell("registration " + registration.node() + " " + registration.phase()
                        + (registration.position() == null
                                ? ""
                                : " at " + world.names().position(registration.position())));
    }

    void feed(ScenarioNode incarnation) {
        TopicConsumer consumer = incarnation.node().consumer();
        if (consumer == null) {
            throw new IllegalArgumentException(incarnation.address() + " has no subscription");
        }
        Feed feed = ((FeedConsumer) consumer).feed();
        for (long i = feed.oldest(); i <= feed.head(); i++) {
            FeedEntry entry = feed.get(i);
            if (entry == null || !isShown(incarnation, entry.node())) {
                continue;
            }
            String log = world.names().log(entry.stream().epoch());
            if (entry instanceof FeedEntry.Messages messages) {
                world.story().tell("message", log, messages.sequence() + i - entry.index());
            } else if (entry instanceof FeedEntry.Began began) {
                world.story().tell("begins behind " + log + ":" + began.at());
            } else if (entry instanceof FeedEntry.Expired expired) {
                world.story().tell("expired " + expired.reason() + " up to " + log + ":" + expired.to());
            } else if (entry instanceof FeedEntry.Ended ended) {
                world.story().tell(ended(log, ended));
            }
        }
    }

    private static String ended(String log, FeedEntry.Ended ended) {
        String at = ended.at() < 0 ? log + " at nowhere" : log + ":" + ended.at();
        return "ended at " + at + ", "
                + (ended.end().isOpen()
                        ? "openly, " + ended.end().reason()
                        : "where it ends is " + ended.end().head());
    }
}
