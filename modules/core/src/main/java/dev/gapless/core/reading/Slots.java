package dev.gapless.core.reading;

import dev.gapless.core.Now;
import dev.gapless.core.place.Producers;
import java.util.List;

/** The slots of a topic's producers, by which its node's consumer and its subscriptions name them. For the consumer's thread. */
public interface Slots {
    /** The slot of the producer with that name; a new one if there is none. */
    int named(String node);

    /** The slot in which that incarnation goes by its address, or went by it; a new one if there is none. */
    int nameless(long uid, String address);

    /** The slots of members that have said no name: of the names that tokens give to them, or else of their addresses. */
    List<Integer> namelessMembers();

    /** Who the producers are now. */
    Producers producers();

    /** A token says that this incarnation has that name. */
    void namedByToken(long uid, String name);

    /** A token knows that incarnation: if it is remembered, its generation is known from now on, even if it published nothing. */
    void recall(long uid, Now now);
}
