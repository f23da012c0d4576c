package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.access.MutePlaces;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/** A socket that knows when it last took something, since when the head of a request is awaited, and whether its client has gone. */
final class Watched extends SocketChannelEndPoint {
    private static final long NONE = 0;

    private final Lingering lingering;
    private final Executor executor;
    private final EndOfInput end;
    private final MutePlaces places;
    private volatile MutePlaces.@Nullable Place place;
    private volatile boolean makesRoom;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile long progressNs = System.nanoTime();
    private volatile long headSinceNs = System.nanoTime() | 1;

    Watched(
            SocketChannel channel,
            ManagedSelector selector,
            SelectionKey key,
            Scheduler scheduler,
            Executor executor,
            Lingering lingering,
            MutePlaces places) {
        super(channel, selector, key, scheduler);
        this.executor = executor;
        this.lingering = lingering;
        this.places = places;
        this.end = new EndOfInput(channel, getFillInterest());
    }

    /** That of a request; null if there is another connector below it. */
    static @Nullable Watched of(Request request) {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        EndPoint socket = endPoint instanceof SslConnection.SslEndPoint tls
                ? tls.getSslConnection().getEndPoint()
                : endPoint;
        return socket instanceof Watched watched ? watched : null;
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        long before = remaining(buffers);
        boolean all = super.flush(buffers);
        if (remaining(buffers) < before) {
            progressNs = System.nanoTime();
        }
        return all;
    }

    private static long remaining(ByteBuffer... buffers) {
        long all = 0;
        for (ByteBuffer buffer : buffers) {
            all += buffer.remaining();
        }
        return all;
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        int filled;
        synchronized (end) {
            int ahead = end.take(buffer);
            filled = ahead > 0 ? ahead : super.fill(buffer);
        }
        if (filled > 0 && headSinceNs == NONE && requests.get() == 0 && isHttp1()) {
            headSinceNs = System.nanoTime() | 1;
        }
        return filled;
    }

    @Override
    public void onOpen() {
        super.onOpen();
        place = places.enter(Caller.addressOf(getRemoteSocketAddress()), this::makeRoom);
    }

    private void makeRoom() {
        makesRoom = true;
        close();
    }

    /** Its client has shown a credential, or needs none for what it asks. */
    void speaks() {
        MutePlaces.Place its = place;
        if (its != null) {
            its.speaks();
        }
    }

    @Override
    public void onClose(@Nullable Throwable failure) {
        MutePlaces.Place its = place;
        if (its != null) {
            its.leave();
        }
        super.onClose(failure);
    }

    @Override
    public void fillInterested(Callback callback) {
        synchronized (end) {
            end.giveWay();
            super.fillInterested(callback);
        }
        tellWhatIsAhead();
    }

    @Override
    public boolean tryFillInterested(Callback callback) {
        boolean isInterested;
        synchronized (end) {
            end.giveWay();
            isInterested = super.tryFillInterested(callback);
        }
        tellWhatIsAhead();
        return isInterested;
    }

    private void tellWhatIsAhead() {
        if (end.isAhead()) {
            executor.execute(() -> getFillInterest().fillable());
        }
    }

    /** Jetty asks whether its own reader is. */
    @Override
    public boolean isFillInterested() {
        synchronized (end) {
            return super.isFillInterested() && !end.isRegistered();
        }
    }

    @Override
    public void doClose() {
        if (makesRoom) {
            super.doClose(); // it has said nothing, and is told nothing
        } else {
            lingering.close(getChannel(), super::doClose);
        }
    }

    /** Of the connections here, that one alone lets another take over what it has read. */
    private boolean isHttp1() {
        Connection connection = getConnection();
        return (connection instanceof SslConnection tls ? tls.getSslEndPoint().getConnection() : connection)
                instanceof Connection.UpgradeFrom;
    }

    /** The head of a request is there. */
    void requestBegins() {
        requests.incrementAndGet();
        headSinceNs = NONE;
    }

    void requestEnds() {
        end.forget();
        requests.decrementAndGet();
    }

    /** Runs this once if the client closes its side before the request ends, of which nothing more is read. Of HTTP/1.1 alone. */
    void watchEnd(Runnable ended) {
        end.watch(ended);
    }

    /** When it last took anything. */
    long progressNs() {
        return progressNs;
    }

    /** For how long the head of a request has been awaited, of which something has come, or which is the first. */
    long awaitingHeadNs(long nowNs) {
        long since = headSinceNs;
        return since == NONE ? 0 : nowNs - since;
    }
}
