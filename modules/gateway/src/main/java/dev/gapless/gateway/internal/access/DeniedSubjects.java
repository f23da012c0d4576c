package dev.gapless.gateway.internal.access;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.gateway.internal.files.Unusable;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Who is let in no more, whatever it shows, in a file: {@code ["mallory","shop-7"]}. */
final class DeniedSubjects {

    private DeniedSubjects() {}

    static Set<String> read(Path file) throws Unusable {
        JsonNode json = JsonFile.read(file);
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
