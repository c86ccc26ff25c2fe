package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import dev.rekindle.jobs.v1.GetJobResponse;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.OctJwkGenerator;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.EllipticCurves;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tokens of an OpenID provider, from a real one that serves its discovery document and keys. */
class JwtIT {
    private static final String ID = "01890000-0000-7000-8000-000000000001";
    private static final String AUDIENCE = "https://api.rekindle.example";

    private static GatewayFixture fixture;
    private static HttpServer provider;
    private static String issuer = "";
    private static PublicJsonWebKey rsa;
    private static PublicJsonWebKey ec;
    private static PublicJsonWebKey ed;
    private static volatile String keySet = "";
    private static final AtomicInteger fetched = new AtomicInteger();

    @BeforeAll
    static void start() throws Exception {
        rsa = named(RsaJwkGenerator.generateJwk(2048), "rsa-1");
        ec = named(EcJwkGenerator.generateJwk(EllipticCurves.P256), "ec-1");
        ed = named(OkpJwkGenerator.generateJwk("Ed25519"), "ed-1");
        keySet = new JsonWebKeySet(rsa, ec, ed).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer = "http://127.0.0.1:" + provider.getAddress().getPort() + "/";
        serve("/.well-known/openid-configuration", () -> "{\"jwks_uri\":\"" + issuer + "keys\"}");
        serve("/keys", () -> {
            fetched.incrementAndGet();
            return keySet;
        });
        provider.start();
        fixture = new GatewayFixture(
                List.of(RpcService.of(JobsServiceGrpc.getServiceDescriptor())
                        .unary(
                                JobsServiceGrpc.getGetJobMethod(),
                                request -> GetJobResponse.newBuilder()
                                        .setJob(Job.newBuilder()
                                                .setUserId(Identity.currentUser())
                                                .setLane(Identity.current()
                                                        .roles()
                                                        .toString()))
                                        .build())
                        .build()),
                Map.of(
                        "auth.issuers",
                        "auth0",
                        "auth.auth0.issuer",
                        issuer,
                        "auth.auth0.audience",
                        AUDIENCE,
                        "auth.auth0.roles_claim",
                        "https://rekindle.example/roles",
                        "auth.auth0.subject_prefix",
                        "a0:",
                        "auth.auth0.client_id",
                        "web-client"));
    }

    private static PublicJsonWebKey named(PublicJsonWebKey key, String id) {
        key.setKeyId(id);
        return key;
    }

    private static void serve(String path, java.util.function.Supplier<String> answer) {
        provider.createContext(path, exchange -> {
            byte[] bytes = answer.get().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            try (exchange) {
                exchange.getResponseBody().write(bytes);
            }
        });
    }

    @AfterAll
    static void stop() {
        fixture.close();
        provider.stop(0);
    }

    private static JwtClaims claims() {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(issuer);
        claims.setAudience("other", AUDIENCE);
        claims.setSubject("auth0|42");
        claims.setExpirationTime(in(Duration.ofHours(1)));
        return claims;
    }

    private static NumericDate in(Duration duration) {
        return NumericDate.fromMilliseconds(Instant.now().plus(duration).toEpochMilli());
    }

    private static String sign(JwtClaims claims, String keyId, Key key, String algorithm) throws Exception {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setPayload(claims.toJson());
        signature.setKeyIdHeaderValue(keyId);
        signature.setKey(key);
        signature.setAlgorithmHeaderValue(algorithm);
        signature.setAlgorithmConstraints(org.jose4j.jwa.AlgorithmConstraints.NO_CONSTRAINTS);
        signature.setDoKeyValidation(false);
        return signature.getCompactSerialization();
    }

    private static String rsaToken(Consumer<JwtClaims> change) throws Exception {
        JwtClaims claims = claims();
        change.accept(claims);
        return sign(claims, "rsa-1", rsa.getPrivateKey(), AlgorithmIdentifiers.RSA_USING_SHA256);
    }

    private static HttpResponse<String> getJob(String token) throws Exception {
        return fixture.send(fixture.anonymous("/v1/jobs/" + ID).header("Authorization", "Bearer " + token));
    }

    private static String reason(HttpResponse<String> response) {
        return JsonParser.parseString(response.body())
                .getAsJsonObject()
                .get("reason")
                .getAsString();
    }

    @Test
    @Tag("API-04")
    void tokens_by_each_allowed_algorithm_are_taken() throws Exception {
        for (String token : List.of(
                rsaToken(claims -> {}),
                sign(claims(), "ec-1", ec.getPrivateKey(), AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256),
                sign(claims(), "ed-1", ed.getPrivateKey(), AlgorithmIdentifiers.EDDSA))) {
            HttpResponse<String> response = getJob(token);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body()).contains("\"userId\":\"a0:auth0|42\"", "[ROLE_USER]");
        }
    }

    @Test
    @Tag("API-04")
    void roles_come_from_the_claim_and_internal_never() throws Exception {
        String body = getJob(rsaToken(claims ->
                        claims.setStringListClaim("https://rekindle.example/roles", "Admin", "internal", "cook")))
                .body();
        assertThat(body).contains("ROLE_USER", "ROLE_ADMIN").doesNotContain("ROLE_INTERNAL");
    }

    @Test
    @Tag("API-04")
    void tokens_that_are_wrong_in_any_way_are_refused() throws Exception {
        Key secret = OctJwkGenerator.generateJwk(256).getKey();
        PublicJsonWebKey foreign = RsaJwkGenerator.generateJwk(2048);
        String good = rsaToken(claims -> claims.setSubject("tampered"));
        String unsigned = sign(claims(), "rsa-1", secret, AlgorithmIdentifiers.HMAC_SHA256);
        for (String token : List.of(
                rsaToken(claims -> claims.setIssuer("https://evil.example/")),
                rsaToken(claims -> claims.setAudience("somebody-else")),
                rsaToken(claims -> claims.unsetClaim("exp")),
                rsaToken(claims -> claims.unsetClaim("sub")),
                rsaToken(claims -> claims.setSubject("x".repeat(200))),
                rsaToken(claims -> claims.setSubject("a\0b")),
                rsaToken(claims -> claims.setNotBefore(in(Duration.ofHours(1)))),
                sign(claims(), "rsa-1", foreign.getPrivateKey(), AlgorithmIdentifiers.RSA_USING_SHA256),
                sign(claims(), "ec-1", rsa.getPrivateKey(), AlgorithmIdentifiers.RSA_USING_SHA256),
                sign(claims(), "rsa-1", rsa.getPrivateKey(), AlgorithmIdentifiers.RSA_USING_SHA512),
                unsigned,
                good.substring(0, good.lastIndexOf('.') + 1),
                good.substring(0, good.length() - 4) + "AAAA",
                "x".repeat(9000))) {
            HttpResponse<String> response = getJob(token);
            assertThat(response.statusCode()).as(token + response.body()).isEqualTo(401);
            assertThat(reason(response)).isEqualTo("UNAUTHENTICATED");
        }
    }

    @Test
    @Tag("API-04")
    void a_token_that_has_ended_says_so() throws Exception {
        HttpResponse<String> response =
                getJob(rsaToken(claims -> claims.setExpirationTime(in(Duration.ofMinutes(-1)))));
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(reason(response)).isEqualTo("CREDENTIALS_EXPIRED");
        assertThat(response.headers().firstValue("www-authenticate").orElse("")).contains("error=\"invalid_token\"");
    }

    @Test
    @Tag("API-04")
    void made_up_keys_do_not_reach_the_provider_again_and_again() throws Exception {
        assertThat(getJob(rsaToken(claims -> {})).statusCode()).isEqualTo(200);
        int before = fetched.get();
        for (int i = 0; i < 30; i++) {
            String token = sign(claims(), "made-up-" + i, rsa.getPrivateKey(), AlgorithmIdentifiers.RSA_USING_SHA256);
            assertThat(getJob(token).statusCode()).isEqualTo(401);
        }
        assertThat(fetched.get() - before).isLessThanOrEqualTo(1);
    }

    @Test
    @Tag("API-04")
    void a_provider_that_is_away_is_no_reason_to_call_a_token_bad() throws Exception {
        try (GatewayFixture other = new GatewayFixture(
                List.of(),
                Map.of(
                        "auth.issuers", "gone",
                        "auth.gone.issuer", "http://127.0.0.1:1/",
                        "auth.gone.audience", AUDIENCE,
                        "auth.gone.subject_prefix", "g:"))) {
            String token = rsaToken(claims -> claims.setIssuer("http://127.0.0.1:1/"));
            HttpResponse<String> response =
                    other.send(other.anonymous("/v1/jobs/" + ID).header("Authorization", "Bearer " + token));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
            assertThat(response.headers().firstValue("retry-after")).contains("5");
        }
    }
}
