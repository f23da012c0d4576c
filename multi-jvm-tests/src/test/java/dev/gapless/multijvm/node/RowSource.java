package dev.gapless.multijvm.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** The source of truth, as a node reaches it: another process, which answers late, in part, or not at all. */
final class RowSource {
    private static final int OK = 200;
    private static final String END = "end";

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;
    private final String process;
    private final Journal journal;
    private int reads;

    RowSource(String url, String process, Journal journal) {
        this.url = url;
        this.process = process;
        this.journal = journal;
    }

    /** Writes a row, or its deletion, and returns its version once that is committed. */
    long write(String key, boolean deletes) throws IOException, InterruptedException {
        return Long.parseLong(get("write?key=" + key + "&deletes=" + deletes + "&process=" + process));
    }

    /** All rows. Whoever goes through them may come to the end of what there is before that of the rows. */
    Iterable<TableRow> read() throws IOException, InterruptedException {
        String read = process + ":" + ++reads; // one at a time
        journal.timed("b", read);
        try {
            List<String> lines = get("rows?read=" + read).lines().toList();
            return () -> new Rows(read, lines.iterator());
        } catch (IOException | InterruptedException | RuntimeException e) {
            journal.timed("f", read);
            throw e;
        }
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url + "/" + path)).build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != OK) {
            throw new IOException("status " + response.statusCode());
        }
        return response.body();
    }

    private final class Rows implements Iterator<TableRow> {
        private final String read;
        private final Iterator<String> lines;
        private String next;

        Rows(String read, Iterator<String> lines) {
            this.read = read;
            this.lines = lines;
        }

        @Override
        public boolean hasNext() {
            if (next == null) {
                next = lines.hasNext() ? lines.next() : null;
            }
            if (next == null) {
                journal.timed("f", read);
                throw new UncheckedIOException(new IOException("the rows end in the middle"));
            } else if (next.equals(END)) {
                journal.timed("e", read);
                return false;
            }
            return true;
        }

        @Override
        public TableRow next() {
            if (next == null || next.equals(END)) {
                throw new NoSuchElementException();
            }
            String[] words = next.split(" ", -1);
            next = null;
            return new TableRow(words[0], Long.parseLong(words[1]), Boolean.parseBoolean(words[2]), read);
        }
    }
}
