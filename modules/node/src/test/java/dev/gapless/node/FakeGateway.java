package dev.gapless.node;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingDeque;

/**
 * A gateway as the contract has it, as far as tools use it, on a free port of loopback. Faults that were planned befall the next
 * requests to topics, one each; then it does what it should.
 */
final class FakeGateway implements AutoCloseable {
    /** A request. */
    record Request(String method, String target, Map<String, String> headers, String body) {
        List<String> lines() {
            return body.lines().toList();
        }
    }

    /** What befalls a request in place of the right answer. */
    interface Fault {
        void befall(Request request, Reply reply) throws IOException;
    }

    /** Answers, or does not. */
    final class Reply {
        private final Socket socket;

        Reply(Socket socket) {
            this.socket = socket;
        }

        /** The connection is reset. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        void raw(String text) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        void json(int status, String body, String... headers) throws IOException {
            int bytes = body.getBytes(StandardCharsets.UTF_8).length;
            raw("HTTP/1.1 " + status + " Any\r\nContent-Type: application/json\r\nContent-Length: " + bytes + "\r\n"
                    + String.join("", List.of(headers)) + "\r\n" + body);
        }

        void problem(int status, String name, String more, String... headers) throws IOException {
            json(
                    status,
                    "{\"type\":\"urn:gapless:" + name + "\",\"title\":\"T\",\"status\":" + status
                            + ",\"detail\":\"the detail\"" + more + "}",
                    headers);
        }

        /** The head of an event stream, and this much of it. */
        void events(String text) throws IOException {
            raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" + text);
        }

        /** Accepts the first so many lines. */
        void accept(Request request, int lines) {
            accepted.addAll(request.lines().subList(0, lines));
        }

        /** What the gateway answers when it has taken so many lines. */
        String count(String member, int lines) {
            String position = "{\"node\":\"n1\",\"epoch\":\"00000000000000aa\",\"seq\":1}";
            return "\"" + member + "\":" + lines + ",\"positions\":[" + (lines == 0 ? "" : position + "," + position)
                    + "]";
        }

        /** Does with a POST what should be done; a known key is answered as the first time. */
        void publish(Request request) throws IOException {
            json(200, answers.computeIfAbsent(request.headers().get("idempotency-key"), key -> {
                int lines = request.lines().size();
                accept(request, lines);
                return "{" + count("count", lines) + "}";
            }));
        }

        /** Answers a problem of which so many lines were accepted, and will again. */
        void half(Request request, int status, String name, int lines) throws IOException {
            half(request, status, name, lines, "");
        }

        /** With more members. */
        void half(Request request, int status, String name, int lines, String more) throws IOException {
            accept(request, lines);
            problem(status, name, "," + count("accepted", lines) + ",\"line\":" + (lines + 1) + more);
        }

        /** From now on the key is answered so. */
        void remember(Request request, String answer) {
            answers.put(request.headers().get("idempotency-key"), answer);
        }
    }

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final LinkedBlockingDeque<Fault> faults = new LinkedBlockingDeque<>();
    private final Map<String, String> answers = new HashMap<>();
    private final List<String> accepted = new CopyOnWriteArrayList<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();
    private volatile String status = "{\"members\":[],\"topics\":[]}";

    FakeGateway() throws IOException {
        Thread thread = new Thread(this::accept, "fake-gateway");
        thread.setDaemon(true);
        thread.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    FakeGateway plan(Fault fault) {
        faults.add(fault);
        return this;
    }

    void status(String json) {
        status = json;
    }

    /** The lines of NDJSON that it accepted, in order. */
    List<String> accepted() {
        return accepted;
    }

    List<Request> requests() {
        return requests;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                synchronized (sockets) {
                    sockets.add(socket);
                }
                Thread thread = new Thread(() -> serve(socket), "fake-gateway-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (Request request = read(in); request != null && !socket.isClosed(); request = read(in)) {
                requests.add(request);
                synchronized (answers) { // one after the other
                    answer(request, new Reply(socket));
                }
                if (request.target().contains("/events")) {
                    return;
                }
            }
        } catch (IOException gone) {
            // the client, or this gateway
        }
    }

    private void answer(Request request, Reply reply) throws IOException {
        if (request.target().equals("/api/status")) {
            reply.json(200, status);
            return;
        }
        Fault fault = faults.poll();
        if (fault != null) {
            fault.befall(request, reply);
        } else if (request.method().equals("POST")) {
            reply.publish(request);
        } else {
            reply.raw("HTTP/1.1 204 No Content\r\n\r\n");
        }
    }

    private static Request read(InputStream in) throws IOException {
        String first = line(in);
        if (first.isEmpty()) {
            return null;
        }
        Map<String, String> headers = new HashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        String[] words = first.split(" ", 3);
        return new Request(words[0], words[1], headers, body);
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    @Override
    public void close() throws IOException {
        stop();
    }

    /** It is gone, with its connections. Repeating it is harmless. */
    void stop() throws IOException {
        server.close();
        synchronized (sockets) {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
