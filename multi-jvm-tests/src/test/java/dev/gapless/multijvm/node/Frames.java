package dev.gapless.multijvm.node;

import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What comes from a gateway, one frame after the other. The next one is asked for when this one is taken, where one can ask. Thread-safe. */
final class Frames implements WebSocket.Listener {
    static final String END = "";
    static final long POLL_MS = 50;

    private final BlockingQueue<String> taken = new LinkedBlockingQueue<>();
    private final StringBuilder part = new StringBuilder();
    private volatile Runnable next = () -> {};

    @Override
    public void onOpen(WebSocket opened) {
        asksWith(() -> opened.request(1));
        opened.request(1);
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
        part.append(text);
        if (last) {
            taken.add(part.toString());
            part.setLength(0);
        } else {
            from.request(1);
        }
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        taken.add(END);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        taken.add(END);
    }

    /** Asks for the next one from now on. */
    void asksWith(Runnable request) {
        next = request;
    }

    /** Another one has come, by another connection than a WebSocket. */
    void add(String frame) {
        taken.add(frame);
    }

    /** The next; {@link #END} behind the last, null if none comes for a moment. */
    String poll() throws InterruptedException {
        String text = taken.poll(POLL_MS, TimeUnit.MILLISECONDS);
        if (text != null && !text.equals(END)) {
            next.run();
        }
        return text;
    }
}
