package dev.gapless.core.effect;

import dev.gapless.core.HistoryView;
import dev.gapless.core.member.MemberEvent;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The members at one moment. Immutable.
 *
 * @param incarnations the uids of all members. Only a member's messages are taken
 * @param newcomers those of incarnations that were seen joining, or down, and not up: they are told when they come, or are gone
 * @param snapshot what led here, for a consumer that begins now: present and named. Empty until this node is up
 * @param up is this node itself up?
 * @param history what is remembered of those that are members no more
 */
public record MemberView(
        Set<Long> incarnations, Set<Long> newcomers, List<MemberEvent> snapshot, boolean up, HistoryView history) {
    /** Nobody, not even this node. */
    public static final MemberView NOBODY = new MemberView(Set.of(), List.of(), false, HistoryView.NOTHING);

    /** Where nobody joins. */
    public MemberView(Set<Long> incarnations, List<MemberEvent> snapshot, boolean up, HistoryView history) {
        this(incarnations, Set.of(), snapshot, up, history);
    }

    public MemberView {
        incarnations = Collections.unmodifiableSet(new LinkedHashSet<>(incarnations)); // in one order in every run
        newcomers = Set.copyOf(newcomers);
        snapshot = List.copyOf(snapshot);
    }
}
