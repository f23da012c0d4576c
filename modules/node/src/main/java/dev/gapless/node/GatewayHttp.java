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
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** HTTP as this program speaks it. It blocks; for any thread. */
final class GatewayHttp {
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();

    <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) throws IOException {
        try {
            return client.send(request, handler);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", e);
        }
    }

    /** The same; null if the end was asked for meanwhile. */
    <T> @Nullable HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler, Termination termination)
            throws IOException {
        CompletableFuture<HttpResponse<T>> response = client.sendAsync(request, handler);
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
                    + (reason.equals("UnresolvedAddressException") ? "its host is unknown" : reason);
        }
        if (error instanceof HttpTimeoutException) {
            return url + " does not answer";
        }
        return "the connection to " + url + " broke: " + Failure.reason(error);
    }
}
