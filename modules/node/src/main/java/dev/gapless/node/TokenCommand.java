package dev.gapless.node;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Makes a token for a first try of a gateway's access control.",
            "The first time it makes a key of its own, too, and says what to set. Who has the file key.jwk makes tokens that let in"
                    + " everybody: for more than a try, use an issuer."
        })
@SuppressWarnings("JavaUtilDate") // nimbus-jose-jwt's
final class TokenCommand implements Callable<Integer> {
    private static final String ISSUER = "gapless-token";
    private static final String AUDIENCE = "gapless";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--subscribe",
            paramLabel = "TOPIC",
            description = "May subscribe to it; fleet/* is a pattern; repeatable.")
    private List<String> subscribe = List.of();

    @Option(names = "--publish", paramLabel = "TOPIC", description = "May publish to it, if it is there; repeatable.")
    private List<String> publish = List.of();

    @Option(names = "--create", paramLabel = "TOPIC", description = "May publish to it, also if it is new; repeatable.")
    private List<String> create = List.of();

    @Option(names = "--keys", paramLabel = "KEY", description = "Sees and publishes these keys alone; repeatable.")
    private List<String> keys = List.of();

    @Option(names = "--status", description = "May see status and metrics.")
    private boolean status;

    @Option(names = "--subject", paramLabel = "NAME", description = "Whose it is (default: me).")
    private String subject = "me";

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long it counts (default: 1h).")
    private Duration lifetime = Duration.ofHours(1);

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "Where key.jwk and jwks.json are, or are made (default: gapless-token).")
    private Path directory = Path.of("gapless-token");

    @Override
    public Integer call() {
        try {
            ECKey key = key();
            PrintWriter out = spec.commandLine().getOut();
            out.println(signed(key));
            out.flush();
            return 0;
        } catch (IOException | JOSEException | ParseException e) {
            throw new Failure("the key in " + directory + " cannot be used: " + Failure.reason(e), e);
        }
    }

    private ECKey key() throws IOException, JOSEException, ParseException {
        Path file = directory.resolve("key.jwk");
        if (Files.exists(file)) {
            return ECKey.parse(Files.readString(file));
        }
        ECKey made = new ECKeyGenerator(Curve.P_256)
                .keyID(UUID.randomUUID().toString())
                .algorithm(JWSAlgorithm.ES256)
                .generate();
        Files.createDirectories(directory);
        Path jwks = directory.resolve("jwks.json");
        Files.writeString(jwks, new JWKSet(made.toPublicJWK()).toString());
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, made.toJSONString().getBytes(StandardCharsets.UTF_8));
        PrintWriter err = spec.commandLine().getErr();
        err.println("A key was made in " + directory + ". A gateway takes its tokens with:");
        err.println("  gapless.gateway.access.jwt { jwks-file = \""
                + jwks.toAbsolutePath().normalize() + "\", issuer = " + ISSUER + ", audience = " + AUDIENCE + " }");
        err.flush();
        return made;
    }

    private String signed(ECKey key) throws JOSEException {
        Map<String, Object> permissions = new LinkedHashMap<>();
        permissions.put("subscribe", subscribe);
        permissions.put("publish", publish);
        permissions.put("create", create);
        if (!keys.isEmpty()) {
            permissions.put("keys", keys);
        }
        permissions.put("status", status);
        Instant now = Instant.now();
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .subject(subject)
                .jwtID(UUID.randomUUID().toString())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(lifetime)))
                .claim("gapless", permissions)
                .build();
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(), claims);
        jwt.sign(new ECDSASigner(key));
        return jwt.serialize();
    }
}
