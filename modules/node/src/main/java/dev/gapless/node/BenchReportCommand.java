package dev.gapless.node;

import dev.gapless.bench.report.Document;
import dev.gapless.bench.report.Report;
import dev.gapless.bench.report.Section;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "bench-report",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Makes tables and SVG charts of what `gapless bench --json` printed, and puts them into a Markdown document.",
            "Figures are medians of quiet runs; noisy runs are left out and counted. The same results give the same bytes."
        })
final class BenchReportCommand implements Callable<Integer> {
    private static final String MARKDOWN = ".md";

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "RESULTS",
            arity = "1..*",
            description = "Files, each with what one `gapless bench --json` printed. No workload is in two of them.")
    private List<Path> results = List.of();

    @Option(
            names = "--into",
            paramLabel = "FILE",
            description = "The document (default: ${DEFAULT-VALUE}). What stands between its lines `" + Section.BEGIN
                    + "` and `" + Section.END
                    + "` is replaced, and nothing else. The charts go into the directory beside"
                    + " it that has its name without .md.",
            defaultValue = "docs/performance/results.md")
    private Path into;

    @Option(names = "--keep", description = "Keeps what the document shows of other workloads, ahead of these.")
    private boolean keep;

    @Override
    public Integer call() throws IOException {
        String name = String.valueOf(into.getFileName());
        if (!name.endsWith(MARKDOWN)) {
            throw wrong("--into: " + into + " does not end with " + MARKDOWN);
        }
        String directory = name.substring(0, name.length() - MARKDOWN.length());
        Report report = report(directory);
        String document = document(report);
        Path charts = into.resolveSibling(directory);
        Files.createDirectories(charts);
        for (Map.Entry<String, String> chart : new TreeMap<>(report.charts()).entrySet()) {
            Files.writeString(charts.resolve(chart.getKey()), chart.getValue());
        }
        Files.writeString(into, document);
        PrintWriter out = spec.commandLine().getOut();
        out.println("wrote the tables into " + into + ", and " + report.charts().size() + " charts into " + charts);
        out.flush();
        return 0;
    }

    private Report report(String directory) {
        try {
            List<Document> documents = new ArrayList<>();
            for (Path file : results) {
                documents.add(Document.read(file));
            }
            return new Report(documents, directory);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private String document(Report report) {
        try {
            String before = Files.readString(into);
            String kept = keep ? Section.without(report.workloads(), before) + "\n" : "";
            return Section.replaced(before, kept + report.section());
        } catch (IllegalArgumentException e) {
            throw wrong("--into: " + into + ": " + e.getMessage());
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private ParameterException unreadable(IOException e) {
        return wrong("cannot read " + (e instanceof NoSuchFileException ? e.getMessage() + ": no such file" : e));
    }

    private ParameterException wrong(String what) {
        return new ParameterException(spec.commandLine(), what);
    }
}
