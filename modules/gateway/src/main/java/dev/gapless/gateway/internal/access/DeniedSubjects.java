package dev.gapless.gateway.internal.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.gateway.internal.files.Unusable;
import dev.gapless.gateway.internal.files.WholeFile;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.Reasons;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Who is let in no more, whatever it shows, in a file: {@code ["mallory","shop-7"]}. */
final class DeniedSubjects {
    private static final int MOST_BYTES = 16 << 20;

    private DeniedSubjects() {}

    static Set<String> read(Path file) throws Unusable {
        byte[] bytes = WholeFile.read(file, MOST_BYTES);
        JsonNode json;
        try {
            json = PayloadJson.read(bytes, 0, bytes.length);
        } catch (JsonProcessingException e) {
            throw new Unusable(file + " is no JSON: " + Reasons.ofJson(e), e);
        } catch (IOException e) {
            throw new Unusable(file + " cannot be read: " + e, e);
        }
        if (!json.isArray()) {
            throw new Unusable(file + " is no list of subjects: [\"mallory\"]");
        }
        Set<String> subjects = new HashSet<>();
        for (JsonNode one : json) {
            if (!one.isTextual()) {
                throw new Unusable(file + " has something else than names of subjects: " + one);
            }
            subjects.add(one.textValue());
        }
        return Set.copyOf(subjects);
    }
}
