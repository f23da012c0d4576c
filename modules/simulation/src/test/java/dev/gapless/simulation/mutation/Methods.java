package dev.gapless.simulation.mutation;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Where the methods of a source are. */
final class Methods {
    /** From this character on, up to that one, which is not part of it. */
    record Range(int from, int to) {}

    /** By source, and by their names: many faults are in one source, and to parse it takes long. */
    private static final Map<String, Map<String, List<Range>>> PARSED = new ConcurrentHashMap<>();

    private Methods() {}

    /** All of this name; constructors are called {@code <init>}. */
    static List<Range> named(String name, String source) {
        return PARSED.computeIfAbsent(source, Methods::parse).getOrDefault(name, List.of());
    }

    private static Map<String, List<Range>> parse(String source) {
        JavacTask task = (JavacTask) ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, null, List.of("-proc:none"), null, List.of(new SourceText("Source", source)));
        SourcePositions positions = Trees.instance(task).getSourcePositions();
        Map<String, List<Range>> found = new HashMap<>();
        try {
            for (CompilationUnitTree unit : task.parse()) {
                new TreeScanner<@Nullable Void, @Nullable Void>() {
                    @Override
                    public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
                        found.computeIfAbsent(method.getName().toString(), name -> new ArrayList<>())
                                .add(new Range((int) positions.getStartPosition(unit, method), (int)
                                        positions.getEndPosition(unit, method)));
                        return super.visitMethod(method, null);
                    }
                }.scan(unit, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }
}
