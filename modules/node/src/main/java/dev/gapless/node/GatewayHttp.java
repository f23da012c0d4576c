package dev.gapless.node;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** HTTP as this program speaks it. It blocks; for any thread. */
final class GatewayHttp {
    private static final int UNAUTHORIZED = 401;
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final GatewayToken token;
    private final @Nullable Path ca;
    private @Nullable HttpClient plain;
    private @Nullable HttpClient secure;

    /**
     * It shows this token.
     *
     * @param ca the certificates that are trusted, in PEM; null for the JDK's
     */
    GatewayHttp(GatewayToken token, @Nullable Path ca) {
        this.token = token;
        this.ca = ca;
    }

    private synchronized HttpClient client(HttpRequest request) {
        if ("https".equalsIgnoreCase(request.uri().getScheme())) {
            HttpClient known = secure;
            secure = known != null ? known : (ca == null ? builder() : builder().sslContext(trusting(ca))).build();
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

    private static SSLContext trusting(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry(Integer.toString(trusted.size()), one);
            }
            if (trusted.size() == 0) {
                throw new Failure("--ca: " + file + " has no certificate (-----BEGIN CERTIFICATE-----)");
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new Failure("--ca: " + file + " cannot be used: " + Failure.reason(e), e);
        }
    }

    private static HttpRequest with(@Nullable String shown, HttpRequest request) {
        return shown == null
                ? request
                : HttpRequest.newBuilder(request, (name, value) -> true)
                        .setHeader("Authorization", "Bearer " + shown)
                        .build();
    }

    <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) throws IOException {
        try {
            String shown = token.get();
            HttpResponse<T> response = client(request).send(with(shown, request), handler);
            String next = shown != null && response.statusCode() == UNAUTHORIZED ? token.after(shown) : null;
            return next == null ? response : client(request).send(with(next, request), handler);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", e);
        }
    }

    /** The same; null if the end was asked for meanwhile. */
    <T> @Nullable HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler, Termination termination)
            throws IOException {
        String shown = token.get();
        HttpResponse<T> response = send(with(shown, request), handler, termination.requested());
        String next =
                response != null && shown != null && response.statusCode() == UNAUTHORIZED ? token.after(shown) : null;
        return next == null ? response : send(with(next, request), handler, termination.requested());
    }

    private <T> @Nullable HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler, CompletableFuture<?> end)
            throws IOException {
        CompletableFuture<HttpResponse<T>> response = client(request).sendAsync(request, handler);
        try {
            var unused = CompletableFuture.anyOf(response, end)
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
