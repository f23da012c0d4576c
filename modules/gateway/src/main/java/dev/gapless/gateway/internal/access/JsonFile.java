package dev.gapless.gateway.internal.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.gateway.internal.files.Unusable;
import dev.gapless.gateway.internal.files.WholeFile;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.Reasons;
import java.io.IOException;
import java.nio.file.Path;

/** A file of settings in JSON. */
final class JsonFile {
    private JsonFile() {}

    /** All of it. Throws {@link Unusable} for one that cannot be read, or is no JSON. */
    static JsonNode read(Path file) throws Unusable {
        byte[] bytes = WholeFile.read(file, WholeFile.MOST_BYTES);
        try {
            return PayloadJson.read(bytes, 0, bytes.length);
        } catch (JsonProcessingException e) {
            throw new Unusable(file + " is no JSON: " + Reasons.ofJson(e), e);
        } catch (IOException e) {
            throw new Unusable(file + " cannot be read: " + e, e);
        }
    }
}
