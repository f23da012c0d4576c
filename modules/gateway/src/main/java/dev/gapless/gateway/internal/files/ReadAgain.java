package dev.gapless.gateway.internal.files;

import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What some files say, as of when they could be used last. Files that have changed and cannot be used change nothing: maybe half of them is
 * written yet. Thread-safe.
 */
public final class ReadAgain<T> {
    private static final Logger LOG = LoggerFactory.getLogger(ReadAgain.class);

    private final String setting;
    private final List<Path> files;
    private final Reading<T> reading;
    private volatile T now;
    private List<String> asRead;
    private String toldOf = "";

    /** Reads all of them. */
    @FunctionalInterface
    public interface Reading<T> {
        T read() throws Unusable;
    }

    /**
     * Reads them.
     *
     * @param setting names them to people
     * @throws IllegalStateException if they cannot be used
     */
    public ReadAgain(String setting, List<Path> files, Reading<T> reading) {
        this.setting = setting;
        this.files = files;
        this.reading = reading;
        try {
            asRead = state();
            now = read();
        } catch (Unusable e) {
            throw new IllegalStateException("The gateway cannot use the files of " + setting + ": " + e.why(), e);
        }
    }

    /** What they say. */
    public T now() {
        return now;
    }

    /** Reads them again if they have changed. From time to time. {@return whether they say something new} */
    public synchronized boolean look() {
        List<String> there = state();
        if (there.equals(asRead)) {
            return false;
        }
        try {
            now = read();
            asRead = there;
            toldOf = "";
            LOG.info("The gateway has read the files of {} again", setting);
            return true;
        } catch (Unusable e) {
            if (!e.why().equals(toldOf)) {
                toldOf = e.why();
                LOG.warn(
                        "The files of {} have changed and cannot be used: {}. The gateway keeps what they said before,"
                                + " and looks at them every second",
                        setting,
                        toldOf);
            }
            return false;
        }
    }

    private T read() throws Unusable {
        try {
            return reading.read();
        } catch (RuntimeException e) { // of a parser that was not made for that
            throw new Unusable(files + " cannot be used: " + e, e);
        }
    }

    /** What they have, by digests: a file may be written again with the same size within the time that its system tells apart. */
    private List<String> state() {
        return files.stream().map(WholeFile::digest).toList();
    }
}
