package dev.gapless.node.demo;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * An event of the JDK Flight Recorder, as a message. It carries numbers of its own, which Gapless knows nothing of, so that
 * what Gapless says can be checked.
 *
 * @param incarnation the producing process
 * @param number counts what this process has published, from 1
 * @param name the kind of event
 * @param timeMs when it took place, in milliseconds since 1970
 * @param fields what it says
 */
public record FlightEvent(long incarnation, long number, String name, long timeMs, String fields) {

    /** The content in a number. */
    int checksum() {
        CRC32C crc = new CRC32C();
        crc.update((incarnation + " " + number + " " + name + " " + timeMs + " " + fields)
                .getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue();
    }
}
