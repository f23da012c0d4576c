package dev.gapless.core.consumer;

import dev.gapless.core.Epoch;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.ResponseTimes;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.Stream;

/**
 * What a topic's readers share, and the number of one of them.
 *
 * @param reader its number, see {@link dev.gapless.core.wire.Message#reader}
 * @param uid this node's incarnation
 * @param heard is told what concerns all readers
 */
record ReaderContext(
        String topic, long reader, long uid, TopicSettings settings, ResponseTimes asking, Outbox outbox, Heard heard) {

    /** What one reader hears, and all have to know. */
    interface Heard {
        /** A node is back: whatever earlier incarnations of it published last is missed. Its stream goes on there now. */
        void restarted(long reader, String node, Position successor, Now now);

        /**
         * The same, where the new incarnation does not go on at its beginning: earlier ones are lost.
         *
         * @return false if another reader asks that incarnation what became of them: its answer says more
         */
        boolean replaced(long reader, String node, Now now);

        /** Does one of that reader's subscriptions lack less of that stream than what lies behind this sequence? */
        boolean areFurther(long reader, Epoch stream, long sequence);

        /** A reader registers with a member with which it had registered before. */
        void onReregistration();

        /** Behind which sequence the shared feed has all of that stream, and announces nothing as missed; less than 0 if it has nothing of it. */
        long sharedFrom(Epoch stream);

        /**
         * That reader has all of a stream that a later incarnation's log has, and that ended there.
         *
         * @param end as it is for whoever has not come there
         */
        void passed(Stream stream, long head, End end, Now now);

        /** A producer left in good order, and this is all that it published. */
        void left(Epoch stream, long head);
    }
}
