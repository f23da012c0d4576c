package dev.gapless.planted;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tries all faults of a list: the tests that are named pass without a fault, and each fault makes one of its own fail. */
final class Trial {
    private static final int AT_ONCE = 2;
    /** What takes longer is noticed by that. */
    private static final Duration AT_MOST = Duration.ofSeconds(60);

    private final Victim victim;
    private final Path output;
    private final Queue<JudgeProcess> idle = new ConcurrentLinkedQueue<>();
    private final List<JudgeProcess> started = new ArrayList<>();
    private final AtomicInteger numbers = new AtomicInteger();

    Trial(Victim victim, Path output) {
        this.victim = victim;
        this.output = output;
    }

    /**
     * {@return what is wrong, a line each: nothing if each fault was noticed}
     *
     * @param only the names of those that are tried, with commas in between; null for all
     * @param first the number of the first one that is tried of all
     * @param step how many further on the next one is
     */
    List<String> run(@Nullable String only, int first, int step)
            throws IOException, InterruptedException, ExecutionException {
        List<PlantedFault> all = victim.faults();
        List<PlantedFault> faults = IntStream.range(0, all.size())
                .filter(i -> i % step == first)
                .mapToObj(all::get)
                .filter(fault ->
                        only == null || Arrays.asList(only.split(",", -1)).contains(fault.name()))
                .toList();
        Files.createDirectories(output);
        // The tests of a class together: it may start a cluster for them.
        Map<String, List<String>> byClass = new LinkedHashMap<>();
        faults.stream()
                .flatMap(fault -> fault.tests().stream())
                .distinct()
                .forEach(test -> byClass.computeIfAbsent(
                                test.substring(0, Math.max(0, test.indexOf('#'))), name -> new ArrayList<>())
                        .add(test));
        List<Callable<@Nullable String>> tasks = new ArrayList<>();
        byClass.forEach((name, tests) -> tasks.add(() -> withoutFault(name, tests)));
        faults.forEach(fault -> tasks.add(() -> with(fault)));
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<String> wrong = new ArrayList<>();
            for (Future<@Nullable String> task : threads.invokeAll(tasks)) {
                String line = task.get();
                if (line != null) {
                    wrong.add(line);
                }
            }
            return wrong;
        } finally {
            threads.shutdownNow();
            synchronized (started) {
                started.forEach(JudgeProcess::end);
            }
        }
    }

    private @Nullable String withoutFault(String name, List<String> tests) throws IOException, InterruptedException {
        String answer = ask(Judge.NO_FAULT, name, tests);
        return answer.equals(Judge.PASSED) ? null : name + " does not pass without a fault: " + answer;
    }

    private @Nullable String with(PlantedFault fault) throws IOException, InterruptedException {
        String answer = ask(fault.name(), fault.name(), fault.tests());
        return answer.startsWith(Judge.NOTICED)
                ? null
                : fault.name() + " is not noticed (" + answer + "): " + fault.harms();
    }

    private String ask(String fault, String shown, List<String> tests) throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        JudgeProcess judge = idle.poll();
        if (judge == null) {
            judge = new JudgeProcess(numbers.incrementAndGet());
            synchronized (started) {
                started.add(judge);
            }
        }
        String answer = judge.ask(fault + " " + String.join(" ", tests));
        if (judge.isAlive()) {
            idle.add(judge);
        }
        System.out.printf(
                Locale.ROOT,
                "%-40s %5.1f s  %s%n",
                shown,
                (System.nanoTime() - startNs) / 1e9,
                answer.length() > 200 ? answer.substring(0, 200) : answer);
        return answer;
    }

    /** A {@link Judge}. */
    private final class JudgeProcess {
        private final Process process;
        private final BufferedWriter orders;
        private final BufferedReader answers;

        JudgeProcess(int number) throws IOException {
            Path log = output.resolve("judge-" + number + ".log").toAbsolutePath();
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-ea",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx2g", // some planted faults leave much behind
                    "-Dpekko.logger-startup-timeout=60s",
                    "-Dpekko.actor.creation-timeout=60s",
                    "-Dpekko.remote.artery.bind.bind-timeout=60s"));
            command.addAll(victim.options());
            command.addAll(List.of(
                    "-cp",
                    victim.testClasses() + File.pathSeparator + classPath(),
                    Judge.class.getName(),
                    victim.name()));
            process = new ProcessBuilder(command)
                    .directory(victim.directory().toFile())
                    .redirectError(log.toFile())
                    .start();
            orders = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
            answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        private String classPath() {
            return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                    .map(entry -> Path.of(entry).toAbsolutePath())
                    .filter(victim::sees)
                    .map(Path::toString)
                    .collect(Collectors.joining(File.pathSeparator));
        }

        boolean isAlive() {
            return process.isAlive();
        }

        String ask(String order) throws IOException, InterruptedException {
            orders.write(order);
            orders.newLine();
            orders.flush();
            CompletableFuture<@Nullable String> answer = CompletableFuture.supplyAsync(this::line, thread -> {
                Thread reads = new Thread(thread, "reads an answer");
                reads.setDaemon(true);
                reads.start();
            });
            try {
                String line = answer.get(AT_MOST.toSeconds(), TimeUnit.SECONDS);
                return line == null ? Judge.NOTICED + " the process ended" : line;
            } catch (TimeoutException e) {
                return Judge.NOTICED + " no end within " + AT_MOST.toSeconds() + " s";
            } catch (ExecutionException e) {
                return Judge.BROKEN + " " + e.getCause();
            } finally {
                if (!answer.isDone()) {
                    process.destroyForcibly().waitFor();
                }
            }
        }

        private @Nullable String line() {
            try {
                return answers.readLine();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void end() {
            process.destroyForcibly();
        }
    }
}
