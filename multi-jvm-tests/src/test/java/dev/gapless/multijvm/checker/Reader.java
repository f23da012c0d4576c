package dev.gapless.multijvm.checker;

import java.util.List;

/**
 * A subscription, as its journal's first line says it.
 *
 * @param node where it is
 * @param incarnation of the process
 * @param beganNs when it began
 */
record Reader(String id, String topic, String node, String incarnation, long beganNs) {
    static Reader of(List<String> header) {
        return new Reader(header.get(1), header.get(2), header.get(3), header.get(4), Long.parseLong(header.get(7)));
    }

    @Override
    public String toString() {
        return id + " (" + topic + " on " + node + ")";
    }
}
