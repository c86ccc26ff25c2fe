package dev.rekindle.gateway;

import static dev.rekindle.gateway.Answers.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.rekindle.jobs.v1.GetJobResponse;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.platform.config.BadSettings;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything at the door that is no call: the PWA's files, documents, probes, and the sign-in of development. */
class PagesIT {
    private static final String ID = "01890000-0000-7000-8000-000000000001";

    @TempDir
    static Path folder;

    private static GatewayFixture fixture;

    @BeforeAll
    static void start() throws Exception {
        Path root = Files.createDirectories(folder.resolve("dist"));
        Files.writeString(root.resolve("index.html"), "<!doctype html><title>Rekindle</title>");
        Files.writeString(root.resolve("sw.js"), "self;");
        Files.writeString(
                Files.createDirectories(root.resolve("assets")).resolve("app-1a2b.js"), "let a;".repeat(1000));
        Files.writeString(folder.resolve("secret.txt"), "not for you");
        fixture = new GatewayFixture(
                List.of(RpcService.of(JobsServiceGrpc.getServiceDescriptor())
                        .unary(
                                JobsServiceGrpc.getGetJobMethod(),
                                request -> GetJobResponse.newBuilder()
                                        .setJob(Job.newBuilder().setUserId(Identity.currentUser()))
                                        .build())
                        .build()),
                Map.of("web.root", root.toString(), "web.connect_origins", "https://blobs.example"));
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static HttpResponse<String> get(String path, String... headers) throws Exception {
        var request = fixture.anonymous(path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return fixture.send(request);
    }

    @Test
    @Tag("WEB-05")
    void the_pages_are_served_and_asked_again() throws Exception {
        HttpResponse<String> home = get("/");
        assertThat(home.statusCode()).isEqualTo(200);
        assertThat(home.body()).contains("<title>Rekindle</title>");
        assertThat(home.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
        assertThat(home.headers().firstValue("cache-control")).contains("no-cache");
        String tag = home.headers().firstValue("etag").orElse("none");
        assertThat(get("/", "If-None-Match", tag).statusCode()).isEqualTo(304);
    }

    @Test
    @Tag("WEB-05")
    void built_files_are_kept_for_ever_and_compressed() throws Exception {
        HttpResponse<String> script = get("/assets/app-1a2b.js", "Accept-Encoding", "gzip");
        assertThat(script.statusCode()).isEqualTo(200);
        assertThat(script.headers().firstValue("cache-control")).contains("public, max-age=31536000, immutable");
        assertThat(script.headers().firstValue("content-encoding")).contains("gzip");
        assertThat(get("/sw.js").headers().firstValue("cache-control")).contains("no-cache");
    }

    @Test
    @Tag("WEB-05")
    void an_address_of_the_app_is_the_page_but_a_missing_file_is_missing() throws Exception {
        assertThat(get("/jobs/42", "Accept", "text/html,*/*;q=0.8").body()).contains("<title>Rekindle</title>");
        assertThat(get("/jobs/42", "Accept", "application/json").statusCode()).isEqualTo(404);
        HttpResponse<String> missing = get("/assets/gone-ffff.js", "Accept", "text/html,*/*");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.headers().firstValue("content-type")).contains("application/problem+json");
    }

    @Test
    @Tag("API-07")
    void nothing_outside_of_the_folder_is_served() throws Exception {
        for (String path :
                List.of("/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "/%2e%2e/secret.txt", "/a%00.txt")) {
            assertThat(get(path).body()).as(path).doesNotContain("not for you");
        }
    }

    @Test
    @Tag("API-07")
    void answers_tell_a_browser_what_they_may_do() throws Exception {
        assertThat(get("/").headers().firstValue("content-security-policy").orElse(""))
                .contains("script-src 'self'", "connect-src 'self' blob: https://blobs.example", "object-src 'none'");
        var data = get("/v1/plans").headers();
        assertThat(data.firstValue("content-security-policy")).contains("default-src 'none'; frame-ancestors 'none'");
        assertThat(data.firstValue("x-content-type-options")).contains("nosniff");
        assertThat(data.firstValue("x-frame-options")).contains("DENY");
        assertThat(data.firstValue("server")).isEmpty();
    }

    @Test
    @Tag("API-01")
    void the_api_describes_itself_and_can_be_explored() throws Exception {
        JsonObject document = json(get("/openapi.json"));
        assertThat(document.get("openapi").getAsString()).isEqualTo("3.1.0");
        assertThat(document.getAsJsonObject("paths").keySet()).contains("/v1/jobs", "/v1/jobs/{job_id}:cancel");
        assertThat(get("/explorer").body()).contains("Rekindle API");
        assertThat(get("/explorer/explorer.js")
                        .headers()
                        .firstValue("content-type")
                        .orElse(""))
                .contains("javascript");
        assertThat(get("/explorer/explorer.css").statusCode()).isEqualTo(200);
    }

    @Test
    @Tag("OPS-04")
    void probes_answer() throws Exception {
        assertThat(json(get("/health/live")).get("live").getAsBoolean()).isTrue();
        HttpResponse<String> ready = get("/health/ready");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(json(ready).getAsJsonObject("checks").keySet())
                .contains("gateway", "jobs", "credits", "processing", "events");
        assertThat(get("/metrics").statusCode()).isEqualTo(404);
        get("/v1/plans");
        assertThat(fixture.telemetry.scrape()).contains("armeria_server").contains("method=\"ListPlans\"");
    }

    @Test
    @Tag("API-04")
    void the_embedded_sign_in_gives_a_token_for_a_name() throws Exception {
        assertThat(json(get("/app-config.json")).get("signIn").getAsString()).isEqualTo("embedded");
        JsonObject discovery = json(get("/dev/oidc/.well-known/openid-configuration"));
        assertThat(discovery.get("embedded").getAsBoolean()).isTrue();
        assertThat(json(get("/dev/oidc/jwks.json")).getAsJsonArray("keys")).hasSize(1);
        JsonObject answer = json(token("{\"user\":\"ada\"}"));
        assertThat(answer.get("token_type").getAsString()).isEqualTo("Bearer");
        assertThat(answer.get("expires_in").getAsLong()).isEqualTo(12 * 3600);
        String bearer = "Bearer " + answer.get("access_token").getAsString();
        HttpResponse<String> job = get("/v1/jobs/" + ID, "Authorization", bearer);
        assertThat(json(job).get("userId").getAsString()).isEqualTo("ada");
        assertThat(get("/v1/admin/lanes", "Authorization", bearer).statusCode()).isEqualTo(403);
        String admin = "Bearer "
                + json(token("{\"user\":\"admin\"}")).get("access_token").getAsString();
        assertThat(get("/v1/admin/lanes", "Authorization", admin).statusCode()).isEqualTo(501);
    }

    private static HttpResponse<String> token(String body) throws Exception {
        return fixture.send(fixture.anonymous("/dev/oidc/token")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    @Test
    @Tag("API-04")
    void the_embedded_sign_in_refuses_what_makes_no_sense_and_pages_of_others() throws Exception {
        assertThat(token("{\"user\":\"\"}").statusCode()).isEqualTo(400);
        assertThat(token("{\"user\":\"a b\"}").statusCode()).isEqualTo(400);
        assertThat(token("[]").statusCode()).isEqualTo(400);
        // A form of another page cannot send JSON without asking first.
        assertThat(fixture.send(fixture.anonymous("/dev/oidc/token")
                                .header("Content-Type", "text/plain")
                                .POST(BodyPublishers.ofString("{\"user\":\"ada\"}")))
                        .statusCode())
                .isEqualTo(415);
        // A name that somebody else's DNS points here.
        assertThat(RawHttp.send(
                        fixture.gateway.port(),
                        "POST /dev/oidc/token HTTP/1.1\r\nHost: evil.example\r\nContent-Type: application/json\r\n"
                                + "Content-Length: 14\r\nConnection: close\r\n\r\n{\"user\":\"ada\"}"))
                .startsWith("HTTP/1.1 403");
    }

    @Test
    @Tag("API-04")
    void the_embedded_sign_in_does_not_start_in_production() {
        assertThatThrownBy(() -> new GatewayFixture(List.of(), Map.of("environment", "production")))
                .isInstanceOf(BadSettings.class)
                .hasMessageContaining("auth.embedded_signin");
    }

    @Test
    @Tag("API-05")
    void what_is_no_http_is_refused_without_a_word_of_what_is_inside() throws Exception {
        for (String request : List.of(
                "GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + "a".repeat(20_000) + "\r\n\r\n",
                "GET /" + "a".repeat(10_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
                "BREW /pot HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /v1/jobs/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                "\u0000\u0001\u0002\r\n\r\n")) {
            String answer = RawHttp.send(fixture.gateway.port(), request);
            assertThat(answer).matches("(?s)(HTTP/1\\.1 (4\\d\\d|501).*)?");
            assertThat(answer).doesNotContain("Exception", "\tat ", "com.linecorp");
            if (answer.startsWith("HTTP") && !answer.contains("content-length: 0")) {
                assertThat(answer).contains("application/problem+json");
            }
        }
    }
}
