package dev.gapless.multijvm.node;

import java.util.List;

/**
 * The cluster as one node sees it.
 *
 * @param up the addresses of the members that are up
 * @param weaklyUp the addresses of those that are up as far as that can be while a member is unreachable
 * @param all the addresses of all members, whatever their state
 * @param unreachable the addresses of those that are unreachable now
 * @param unreachableEver how often a member has become unreachable since this node started
 */
public record Members(
        List<String> up, List<String> weaklyUp, List<String> all, List<String> unreachable, long unreachableEver) {}
