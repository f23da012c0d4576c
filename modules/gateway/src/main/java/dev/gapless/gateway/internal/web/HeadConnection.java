package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.budget.Share;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;

/**
 * A connection of HTTP/1.1 that counts the head of its request, from its first bytes until the request is over: the web server keeps all
 * fields for as long. Trailers count, too. It ends at more fields than there may be, and where the budget has no room.
 */
final class HeadConnection extends HttpConnection {
    private final Budget.Account account;
    private final int mostFields;

    // Guarded by the account.
    private int fields;
    private long bytes;
    private boolean isReading;

    /** Makes them. */
    static final class Factory extends HttpConnectionFactory {
        private final Budget budget;
        private final int mostFields;

        Factory(HttpConfiguration http, Budget budget, int mostFields) {
            super(http);
            this.budget = budget;
            this.mostFields = mostFields;
        }

        @Override
        public Connection newConnection(Connector connector, EndPoint endPoint) {
            HeadConnection connection =
                    new HeadConnection(getHttpConfiguration(), connector, endPoint, budget, mostFields);
            connection.setTransferEncodingChunkMaxLength(getTransferEncodingChunkMaxLength());
            return configure(connection, connector, endPoint);
        }
    }

    /** What the parser finds. */
    private final class Handler extends RequestHandler {
        @Override
        public void startRequest(String method, String uri, HttpVersion version) {
            begin(uri);
            super.startRequest(method, uri, version);
        }

        @Override
        public void parsedHeader(HttpField field) {
            count(field);
            super.parsedHeader(field);
        }

        @Override
        public boolean headerComplete() {
            synchronized (account) {
                isReading = false;
            }
            return super.headerComplete();
        }

        @Override
        public void parsedTrailer(HttpField field) {
            count(field);
            super.parsedTrailer(field);
        }
    }

    private HeadConnection(
            HttpConfiguration http, Connector connector, EndPoint endPoint, Budget budget, int mostFields) {
        super(http, connector, endPoint);
        this.mostFields = mostFields;
        account = budget.account(Share.HEADS, Caller.addressOf(endPoint.getRemoteSocketAddress()));
    }

    @Override
    protected RequestHandler newRequestHandler() {
        return new Handler();
    }

    private void begin(String uri) {
        synchronized (account) {
            isReading = true;
            fields = 0;
            bytes = HeadBytes.ofText(uri);
            claim();
        }
    }

    private void count(HttpField field) {
        synchronized (account) {
            fields++;
            bytes += HeadBytes.of(field);
            if (fields > mostFields) {
                isReading = false;
                throw HeadBytes.tooMany(mostFields);
            }
            claim();
        }
    }

    private void claim() {
        if (!account.set(bytes)) {
            isReading = false; // it is told why, and nothing more is read
            throw new HttpException.RuntimeException(HeadBytes.OVER_BUDGET, HeadBytes.NO_ROOM);
        }
    }

    /** What has come of a field that is not complete counts when there is nothing more to read. */
    @Override
    public void onFillable() {
        super.onFillable();
        boolean hasRoom;
        synchronized (account) {
            hasRoom = !isReading
                    || account.set(
                            Math.max(bytes, HeadBytes.ofLength(getParser().getHeaderLength())));
        }
        if (!hasRoom) {
            getEndPoint().close(new HttpException.RuntimeException(HeadBytes.OVER_BUDGET, HeadBytes.NO_ROOM));
        }
    }

    /** The request is over: nothing of its head is kept. */
    void requestEnds() {
        synchronized (account) {
            isReading = false;
            account.clear();
        }
    }

    @Override
    public void onClose(Throwable cause) {
        requestEnds();
        super.onClose(cause);
    }
}
