package dev.gapless.simulation.explore;

import dev.gapless.simulation.oracle.Heard;

/** What an incarnation has to do with other clusters, where each host is a cluster of its own. */
final class Apart implements Heard.OtherClusters {
    private final ExploredWorld world;
    private final long uid;

    Apart(ExploredWorld world, long uid) {
        this.world = world;
        this.uid = uid;
    }

    @Override
    public boolean isElsewhere(long otherUid) {
        return world.configuration().isApart() && ExploredWorld.hostOf(otherUid) != ExploredWorld.hostOf(uid);
    }

    /** Whoever lives will be heard of. */
    @Override
    public long heardUntilNs(long otherUid) {
        ExploredNode self = world.incarnationAt(ExploredWorld.hostOf(uid));
        boolean announced = world.isAlive(otherUid) || self == null || self.hasHeardOf(otherUid);
        return !isElsewhere(otherUid) || announced ? Long.MAX_VALUE : 0;
    }

    @Override
    public boolean areHeardOf() {
        return world.configuration().isApart();
    }

    @Override
    public boolean isStranger(long otherUid) {
        return false;
    }
}
