package com.example.flags;

import dev.gapless.Gapless;
import dev.gapless.Table;
import dev.gapless.TableSource;
import dev.gapless.TableView;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** All flags, in memory, on any node: the table reads the file, follows what is published, and reads again what it missed. Thread-safe. */
public final class FlagCache {
    private final Table<Flag> flags;

    public FlagCache(Gapless gapless, FlagFile file) {
        flags = gapless.table(
                Flag.TOPIC, TableSource.versioned(() -> file.readAll().values(), Flag::name, Flag::version));
    }

    /** Completes when it knows all flags: a read that fails is tried again. */
    public CompletionStage<TableView<Flag>> ready() {
        return flags.ready();
    }

    public boolean isOn(String name) {
        Flag flag = flags.get(name);
        return flag != null && flag.on();
    }

    public Map<String, Flag> all() {
        return flags.view().rows();
    }

    /** May it show what was, since it missed something and has not read the file yet? */
    public boolean isStale() {
        return !flags.status().isLive();
    }
}
