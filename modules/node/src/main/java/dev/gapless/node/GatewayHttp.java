package dev.gapless.node;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpTimeoutException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** HTTP as this program speaks it. It blocks; for any thread. */
final class GatewayHttp {
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private @Nullable HttpClient plain;
    private @Nullable HttpClient secure;

    private synchronized HttpClient client(HttpRequest request) {
        if ("https".equalsIgnoreCase(request.uri().getScheme())) {
            HttpClient known = secure;
            secure = known == null ? builder().build() : known;
            return secure;
        }
        HttpClient known = plain;
        plain = known == null ? builder().sslContext(withoutCertificates()).build() : known;
        return plain;
    }

    private static HttpClient.Builder builder() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(Redirect.NEVER)
                .connectTimeout(CONNECT_TIMEOUT);
    }

    /** For what needs none: to read the JDK's takes longer than to publish a line. */
    private static SSLContext withoutCertificates() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[0], new TrustManager[0], null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) throws IOException {
        try {
            return client(request).send(request, handler);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", e);
        }
    }

    /** The same; null if the end was asked for meanwhile. */
    <T> @Nullable HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler, Termination termination)
            throws IOException {
        CompletableFuture<HttpResponse<T>> response = client(request).sendAsync(request, handler);
        try {
            var unused = CompletableFuture.anyOf(response, termination.requested())
                    .handle((value, error) -> value)
                    .join();
            if (!response.isDone()) {
                response.cancel(true);
                return null;
            }
            return response.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException error ? error : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", e);
        }
    }

    /** Did the gateway get nothing of the request, for certain? */
    static boolean isUnsent(IOException error) {
        return error instanceof ConnectException
                || error instanceof HttpConnectTimeoutException
                || error instanceof SSLHandshakeException;
    }

    /** What went wrong, for people. */
    static String why(GatewayUrl url, IOException error) {
        if (error instanceof HttpConnectTimeoutException) {
            return url + " cannot be reached: no answer within " + CONNECT_TIMEOUT.toSeconds() + " s";
        }
        if (error instanceof ConnectException) {
            String reason = Failure.reason(error);
            return url + " cannot be reached: "
                    + switch (reason) {
                        case "UnresolvedAddressException" -> "its host is unknown";
                        case "ClosedChannelException" -> "connection refused";
                        default -> reason;
                    };
        }
        if (error instanceof HttpTimeoutException) {
            return url + " does not answer";
        }
        return "the connection to " + url + " broke: " + Failure.reason(error);
    }
}
