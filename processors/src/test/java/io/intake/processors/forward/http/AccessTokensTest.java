package io.intake.processors.forward.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.config.HttpAccess;
import io.intake.config.OAuth;
import io.intake.config.OAuth.Proof;
import io.intake.processors.HttpScript;
import io.intake.processors.HttpScript.Answer;
import io.intake.processors.Json;
import io.intake.processors.Secrets;
import io.intake.processors.TestClock;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.http.Outcome.Answered;
import io.intake.processors.forward.http.Outcome.Failed;
import java.net.URLDecoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A token asked for with each request is refused for too many; one used beyond its end stops a feed each hour. */
class AccessTokensTest {
    private static final Answer TOKEN =
            Answer.of(200, "{\"access_token\":\"t1\",\"token_type\":\"Bearer\",\"expires_in\":300}");

    private final TestClock clock = new TestClock();
    private final HttpScript engine = new HttpScript(Answer.of(200));
    private final HttpScript tokens = new HttpScript(TOKEN);
    private final Map<String, String> vault = new LinkedHashMap<>(Map.of("s", "p:ss wörd"));
    private final AtomicInteger ids = new AtomicInteger();
    private final HttpExchanges exchanges =
            new HttpExchanges(new Secrets(_ -> null, vault::get, clock), clock, () -> "id-" + ids.incrementAndGet());

    @AfterEach
    void stop() {
        exchanges.close();
        engine.close();
        tokens.close();
    }

    private OAuth oauth(Proof proof, @Nullable String scope) {
        return new OAuth(tokens.uri("/token"), "client 1", proof, "secret:s", "k1", scope, null);
    }

    private Outcome send(OAuth oauth) {
        return send(exchanges, oauth);
    }

    private Outcome send(HttpExchanges through, OAuth oauth) {
        HttpAccess access = new HttpAccess(null, oauth, null, Map.of());
        HttpRequest.Builder request =
                HttpRequest.newBuilder(engine.uri("/in")).POST(HttpRequest.BodyPublishers.ofString("x"));
        return through.send(access, request, Deadline.in(Duration.ofSeconds(30), clock), 100);
    }

    private static int status(Outcome outcome) {
        return outcome instanceof Answered answer ? answer.status() : 0;
    }

    private static @Nullable Unavailable why(Outcome outcome) {
        return outcome instanceof Failed(Unavailable why) ? why : null;
    }

    private Map<String, String> form() {
        return Arrays.stream(tokens.received().getLast().body().split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }

    @Test
    void aSecretGoesIntoTheHeaderEncodedAsTheStandardSays() {
        assertThat(status(send(oauth(Proof.BASIC, "a b")))).isEqualTo(200);
        String basic = tokens.received().getFirst().headers().getOrDefault("authorization", "");
        assertThat(basic).startsWith("Basic ");
        assertThat(new String(Base64.getDecoder().decode(basic.substring(6)), StandardCharsets.UTF_8))
                .isEqualTo("client+1:p%3Ass+w%C3%B6rd");
        assertThat(form()).containsOnly(Map.entry("grant_type", "client_credentials"), Map.entry("scope", "a b"));
        assertThat(engine.received().getFirst().headers()).containsEntry("authorization", "Bearer t1");
    }

    @Test
    void aSecretGoesIntoTheForm() {
        send(oauth(Proof.POST, null));
        assertThat(form())
                .containsEntry("client_id", "client 1")
                .containsEntry("client_secret", "p:ss wörd")
                .doesNotContainKey("scope");
    }

    @Test
    void whoWaitsForAnothersTokenIsNotLeftWaitingWhenTheOtherFails() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch fails = new CountDownLatch(1);
        Secrets broken = new Secrets(
                _ -> null,
                _ -> {
                    asked.countDown();
                    await(fails);
                    throw new UnsupportedOperationException("a defect");
                },
                clock);
        try (HttpExchanges failing = new HttpExchanges(broken, clock, () -> "id")) {
            CompletableFuture<Outcome> first = new CompletableFuture<>();
            CompletableFuture<Outcome> second = new CompletableFuture<>();
            Thread.ofPlatform().daemon().start(() -> complete(first, () -> send(failing, oauth(Proof.POST, null))));
            await(asked);
            Thread waiter = Thread.ofPlatform()
                    .daemon()
                    .start(() -> complete(second, () -> send(failing, oauth(Proof.POST, null))));
            while (waiter.getState() != Thread.State.TIMED_WAITING && !second.isDone()) {
                Thread.onSpinWait();
            }
            fails.countDown();
            assertThat(why(second.get(60, TimeUnit.SECONDS))).isEqualTo(new Unavailable("TOKEN_FAILED", null, false));
            assertThat(first).failsWithin(Duration.ofSeconds(60));
        }
    }

    private static void complete(CompletableFuture<Outcome> future, Supplier<Outcome> what) {
        try {
            future.complete(what.get());
        } catch (RuntimeException failed) {
            future.completeExceptionally(failed);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "RS256,RSA,SHA256withRSA", "RS384,RSA,SHA384withRSA",
        "ES256,secp256r1,SHA256withECDSAinP1363Format", "ES384,secp384r1,SHA384withECDSAinP1363Format"
    })
    void anAssertionIsSignedAsItsHeaderSays(Proof proof, String kind, String algorithm) throws Exception {
        KeyPair pair = pair(kind, 2_048);
        vault.put("s", pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
        assertThat(status(send(oauth(proof, null)))).isEqualTo(200);
        verify(form(), pair, proof, algorithm);
    }

    @Test
    void keysAreReadInEachOfTheirForms() throws Exception {
        KeyPair pair = pair("RSA", 3_072);
        RSAPrivateCrtKey key = (RSAPrivateCrtKey) pair.getPrivate();
        byte[] pkcs8 = key.getEncoded();
        // PKCS #1 is what PKCS #8 holds behind its head of 26 bytes, for keys of this length
        byte[] pkcs1 = Arrays.copyOfRange(pkcs8, 26, pkcs8.length);
        String jwk =
                "{\"kty\":\"RSA\",\"kid\":\"k1\",\"n\":\"%s\",\"e\":\"%s\",\"d\":\"%s\",\"p\":\"%s\",\"q\":\"%s\",\"dp\":\"%s\",\"dq\":\"%s\",\"qi\":\"%s\"}"
                        .formatted(
                                number(key.getModulus()),
                                number(key.getPublicExponent()),
                                number(key.getPrivateExponent()),
                                number(key.getPrimeP()),
                                number(key.getPrimeQ()),
                                number(key.getPrimeExponentP()),
                                number(key.getPrimeExponentQ()),
                                number(key.getCrtCoefficient()));
        List<String> forms = List.of(
                pem("PRIVATE KEY", pkcs8),
                pem("RSA PRIVATE KEY", pkcs1),
                pem("PRIVATE KEY", pkcs8).replace("\n", "\\n"),
                jwk);
        for (String form : forms) {
            vault.put("s", form);
            clock.advance(Duration.ofMinutes(6));
            assertThat(status(send(oauth(Proof.RS384, null)))).isEqualTo(200);
            verify(form(), pair, Proof.RS384, "SHA384withRSA");
        }
        assertThat(tokens.received()).hasSize(4);
    }

    @Test
    void aKeyThatCannotBeUsedIsWaitedForWithoutAWordOfIt() throws Exception {
        List<String> wrong = List.of(
                "nothing",
                "{\"kty\":\"oct\",\"k\":\"AAAA\"}",
                pem("PRIVATE KEY", new byte[] {1, 2, 3}),
                pem("PRIVATE KEY", pair("RSA", 1_024).getPrivate().getEncoded()),
                pem("PRIVATE KEY", pair("secp256r1", 0).getPrivate().getEncoded()));
        for (String each : wrong) {
            vault.put("s", each);
            clock.advance(Duration.ofMinutes(6));
            assertThat(why(send(oauth(Proof.RS384, null))))
                    .isEqualTo(new Unavailable("TOKEN_SECRET_UNUSABLE", null, false));
        }
        assertThat(tokens.received()).isEmpty();
    }

    @Test
    void aTokenIsKeptUntilItNearsItsEnd() {
        send(oauth(Proof.POST, null));
        clock.advance(Duration.ofSeconds(239));
        send(oauth(Proof.POST, null));
        assertThat(tokens.received()).hasSize(1);
        clock.advance(Duration.ofSeconds(2));
        tokens.then(Answer.of(200, "{\"access_token\":\"t2\",\"token_type\":\"bearer\",\"expires_in\":\"300\"}"));
        send(oauth(Proof.POST, null));
        assertThat(tokens.received()).hasSize(2);
        assertThat(engine.received().getLast().headers()).containsEntry("authorization", "Bearer t2");
    }

    @Test
    void aTokenThatIsRefusedIsRenewedOnce() {
        send(oauth(Proof.POST, null));
        engine.then(Answer.of(401));
        tokens.then(Answer.of(200, "{\"access_token\":\"t2\",\"expires_in\":300}"));
        assertThat(status(send(oauth(Proof.POST, null)))).isEqualTo(200);
        assertThat(engine.received().getLast().headers()).containsEntry("authorization", "Bearer t2");
        engine.then(Answer.of(401), Answer.of(401));
        assertThat(why(send(oauth(Proof.POST, null)))).isEqualTo(new Unavailable("TOKEN_REFUSED", null, false));
        assertThat(engine.received()).hasSize(5);
        assertThat(tokens.received()).hasSize(3);
    }

    @Test
    void allWhoNeedATokenAtOnceShareOneRequest() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Integer>> senders = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                senders.add(() -> status(send(oauth(Proof.POST, null))));
            }
            for (Future<Integer> each : threads.invokeAll(senders)) {
                assertThat(each.get()).isEqualTo(200);
            }
        }
        assertThat(tokens.received()).hasSize(1);
    }

    @Test
    void aTokensAddressThatFailsIsNotTheEngineThatFails() {
        tokens.then(
                new Answer(503, Map.of("Retry-After", "17"), "<html>"),
                Answer.of(401, "{\"error\":\"invalid_client\",\"error_description\":\"no client 1\"}"),
                Answer.of(400, "{\"error\":\"p:ss\"}"),
                new Answer(302, Map.of("Location", "/login"), ""),
                Answer.of(200, "<html>log in</html>"),
                Answer.of(200, "{\"access_token\":\"t\",\"token_type\":\"mac\"}"),
                Answer.of(0),
                Answer.of(0));
        List<String> codes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Unavailable why = why(send(oauth(Proof.POST, null)));
            codes.add(why == null ? "-" : why.code() + " " + why.soon() + " " + why.retryAfter());
        }
        assertThat(codes)
                .containsExactly(
                        "TOKEN_HTTP_503 true PT17S",
                        "TOKEN_INVALID_CLIENT false null",
                        "TOKEN_HTTP_400 false null",
                        "TOKEN_HTTP_302 false null",
                        "TOKEN_ANSWER false null",
                        "TOKEN_ANSWER false null");
        tokens.close();
        assertThat(why(send(oauth(Proof.POST, null))))
                .isEqualTo(new Unavailable("TOKEN_CONNECTION_REFUSED", null, true));
        assertThat(engine.received()).isEmpty();
    }

    private void verify(Map<String, String> form, KeyPair pair, Proof proof, String algorithm) throws Exception {
        assertThat(form)
                .containsEntry("grant_type", "client_credentials")
                .containsEntry("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                .hasSize(3);
        String[] parts = form.getOrDefault("client_assertion", "").split("\\.", -1);
        JsonNode header = Json.mapper().readTree(Base64.getUrlDecoder().decode(parts[0]));
        assertThat(header.path("alg").asText()).isEqualTo(proof.name());
        assertThat(header.path("kid").asText()).isEqualTo("k1");
        JsonNode claims = Json.mapper().readTree(Base64.getUrlDecoder().decode(parts[1]));
        assertThat(claims.path("iss").asText()).isEqualTo("client 1");
        assertThat(claims.path("sub").asText()).isEqualTo("client 1");
        assertThat(claims.path("aud").asText()).isEqualTo(tokens.uri("/token").toString());
        assertThat(claims.path("exp").asLong() - claims.path("iat").asLong()).isBetween(60L, 300L);
        assertThat(claims.path("iat").asLong()).isEqualTo(clock.instant().getEpochSecond());
        assertThat(claims.path("jti").asText()).isEqualTo("id-" + ids.get());
        Signature signature = Signature.getInstance(algorithm);
        signature.initVerify(pair.getPublic());
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(signature.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
    }

    private static KeyPair pair(String kind, int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(kind.equals("RSA") ? "RSA" : "EC");
        if (kind.equals("RSA")) {
            generator.initialize(bits);
        } else {
            generator.initialize(new ECGenParameterSpec(kind));
        }
        return generator.generateKeyPair();
    }

    private static String number(java.math.BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] plain = bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(plain);
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der)
                + "\n-----END " + label + "-----\n";
    }
}
