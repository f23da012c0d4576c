package dev.gapless.bench.report;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gapless.bench.Result;
import dev.gapless.bench.ResultJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What {@code gapless bench --json} printed.
 *
 * @param name for messages
 * @param at when, in UTC
 * @param machine on what, in words
 */
public record Document(String name, String at, String machine, Result result) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * A file's document.
     *
     * @throws IllegalArgumentException if it holds no complete one; says why
     * @throws IOException if it cannot be read
     */
    public static Document read(Path file) throws IOException {
        String text = Files.readString(file);
        try {
            return of(file.toString(), JSON.readTree(text));
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    file + " is no JSON of `gapless bench --json`: " + e.getOriginalMessage(), e);
        }
    }

    /** A document. Throws IllegalArgumentException if it is no complete one. */
    public static Document of(String name, JsonNode root) {
        Document document;
        try {
            document = new Document(
                    name, root.required("at").asText(), machine(root.required("machine")), ResultJson.read(root));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    name + " is no JSON of `gapless bench --json` of this version: " + e.getMessage(), e);
        }
        if (!document.result.isComplete()) {
            throw new IllegalArgumentException(
                    name + " has " + document.result.runs().size() + " of "
                            + document.result.plan().runs() + " runs: the benchmark was interrupted");
        }
        return document;
    }

    private static String machine(JsonNode json) {
        String processor = json.path("processor").asText("");
        return (processor.isEmpty() ? "" : processor + ", ")
                + json.required("processors").asInt() + " processors; "
                + json.required("os").asText() + ", " + json.required("arch").asText() + "; Java "
                + json.required("java").asText() + ", " + json.required("jvm").asText();
    }
}
