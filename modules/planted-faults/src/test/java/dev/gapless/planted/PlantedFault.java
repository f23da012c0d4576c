package dev.gapless.planted;

import dev.gapless.simulation.mutation.Edit;
import dev.gapless.simulation.mutation.SourceText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A fault to plant.
 *
 * @param name what it is called
 * @param harms whom it harms, and how
 * @param tests those that notice it: {@code CLASS#METHOD}, with the package below {@code dev.gapless}
 * @param edits what makes it
 */
record PlantedFault(String name, String harms, List<String> tests, List<Edit> edits) {

    /** The sources that it changes, changed, by their paths; throws IllegalStateException if they are others now. */
    Map<Path, String> apply(List<Path> sources) throws IOException {
        Map<Path, String> changed = new LinkedHashMap<>();
        for (Edit edit : edits) {
            Path path = find(sources, edit.type() + ".java");
            String source = changed.containsKey(path) ? changed.get(path) : Files.readString(path);
            try {
                changed.put(path, edit.apply(source));
            } catch (IllegalStateException e) {
                throw new IllegalStateException(name + ": " + e.getMessage(), e);
            }
        }
        return changed;
    }

    private static Path find(List<Path> sources, String file) {
        List<Path> found = sources.stream().filter(path -> path.endsWith(file)).toList();
        if (found.size() != 1) {
            throw new IllegalStateException(file + " is there " + found.size() + " times");
        }
        return found.get(0);
    }

    /** The classes that it changes, by their names. */
    Map<String, byte[]> classes(List<Path> sources) throws IOException {
        List<SourceText> files = apply(sources).entrySet().stream()
                .map(file -> new SourceText(
                        file.getKey().getFileName().toString().replaceAll("\\.java$", ""), file.getValue()))
                .toList();
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        StringWriter words = new StringWriter();
        Map<String, ByteArrayOutputStream> written = new HashMap<>();
        List<String> options =
                List.of("-proc:none", "-nowarn", "-parameters", "-cp", System.getProperty("java.class.path"));
        try (StandardJavaFileManager standard = javac.getStandardFileManager(null, null, null);
                Memory memory = new Memory(standard, written)) {
            if (!javac.getTask(words, memory, null, options, null, files).call()) {
                throw new IllegalStateException(name + " does not compile: " + words);
            }
        }
        Map<String, byte[]> classes = new HashMap<>();
        written.forEach((type, bytes) -> classes.put(type, bytes.toByteArray()));
        return classes;
    }

    /** Keeps what is compiled. */
    private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> written;

        Memory(JavaFileManager standard, Map<String, ByteArrayOutputStream> written) {
            super(standard);
            this.written = written;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String type, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("planted:///" + type.replace('.', '/')), kind) {
                @Override
                public OutputStream openOutputStream() {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    written.put(type, bytes);
                    return bytes;
                }
            };
        }
    }
}
