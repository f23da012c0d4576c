package dev.gapless.gateway.internal.access;

import com.nimbusds.jose.jwk.JWKSet;
import dev.gapless.gateway.internal.files.ReadAgain;
import dev.gapless.gateway.internal.files.WholeFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Keys in a file, which is read again when it changes. Thread-safe. */
final class KeysInFile implements Keys {
    private final ReadAgain<JWKSet> keys;

    /** Throws IllegalStateException if the file cannot be used. */
    KeysInFile(Path file) {
        keys = new ReadAgain<>(
                "gapless.gateway.access.jwt.jwks-file",
                List.of(file),
                () -> Keys.parse(WholeFile.read(file, MOST_BYTES), file));
    }

    @Override
    public JWKSet known() {
        return keys.now();
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
    public void look() {
        keys.look();
    }
}
