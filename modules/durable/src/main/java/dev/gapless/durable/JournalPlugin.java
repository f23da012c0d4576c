package dev.gapless.durable;

import com.typesafe.config.Config;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the journal of an actor system, where actors find them while they are made: those of durable topics, and others that are to
 * use the same database ({@code RuntimePluginConfig}). Immutable.
 */
public final class JournalPlugin implements Extension {
    /** The name of the plugin, for {@code journalPluginId}. */
    public static final String ID = JournalSettings.PLUGIN;

    private static final Id EXTENSION = new Id();

    final JournalSettings settings;
    final Config config;
    /** Of an embedded database; null if it is a server's. */
    final @Nullable EmbeddedFile file;

    private JournalPlugin(ExtendedActorSystem system) {
        this.settings = new JournalSettings(system.settings().config());
        this.file = settings.directory == null ? null : new EmbeddedFile(settings.directory.file(), settings.named());
        this.config = settings.plugin(system.dynamicAccess().classLoader());
    }

    static JournalPlugin of(ActorSystem system) {
        return EXTENSION.get(system);
    }

    /** What {@code gapless.journal} says, as the plugin's configuration, for {@code journalPluginConfig}. */
    public static Config config(ActorSystem system) {
        return of(system).config;
    }

    private static final class Id extends AbstractExtensionId<JournalPlugin> {
        @Override
        public JournalPlugin createExtension(ExtendedActorSystem system) {
            return new JournalPlugin(system);
        }
    }
}
