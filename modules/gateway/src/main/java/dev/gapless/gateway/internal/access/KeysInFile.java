package dev.gapless.gateway.internal.access;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import dev.gapless.gateway.internal.files.ReadAgain;
import dev.gapless.gateway.internal.files.WholeFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Keys in a file, which is read again when it changes. Thread-safe. */
final class KeysInFile implements Keys {
    private final Path file;
    private final ReadAgain<KeySet> keys;
    private final IgnoredKeys ignored = new IgnoredKeys();

    /** Throws IllegalStateException if the file cannot be used. */
    KeysInFile(Path file, Set<JWSAlgorithm> algorithms) {
        this.file = file;
        keys = new ReadAgain<>(
                "gapless.gateway.access.jwt.jwks-file",
                List.of(file),
                () -> KeySet.parse(WholeFile.read(file, MOST_BYTES), file, algorithms));
        ignored.tell(file, keys.now());
    }

    @Override
    public JWKSet known() {
        return keys.now().keys();
    }

    @Override
    public int ignored() {
        return keys.now().ignored().size();
    }

    @Override
    public CompletionStage<?> more() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public @Nullable Duration age() {
        return null;
    }

    @Override
    public synchronized void look() {
        if (keys.look()) {
            ignored.tell(file, keys.now());
        }
    }
}
