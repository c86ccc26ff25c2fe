package dev.rekindle.gateway;

import static dev.rekindle.gateway.Answers.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.events.v1.NotificationsServiceGrpc;
import dev.rekindle.events.v1.UnsubscribeEmailResponse;
import dev.rekindle.platform.rpc.RpcService;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a mail program does with List-Unsubscribe of our e-mail (RFC 8058). */
@Tag("EV-06")
class OneClickIT {
    private static final String TOKEN = "Ab3_".repeat(10) + "xyz";
    private static final String LINK = "/v1/notifications/email/one-click?token=" + TOKEN;
    private static final List<String> ended = new CopyOnWriteArrayList<>();
    private static GatewayFixture fixture;

    @BeforeAll
    static void start() throws Exception {
        fixture = new GatewayFixture(RpcService.of(NotificationsServiceGrpc.getServiceDescriptor())
                .unary(NotificationsServiceGrpc.getUnsubscribeEmailMethod(), request -> {
                    ended.add(request.getToken());
                    return UnsubscribeEmailResponse.getDefaultInstance();
                })
                .build());
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    @BeforeEach
    void forget() {
        ended.clear();
    }

    private static HttpResponse<String> post(String path, String type, String body) throws Exception {
        return fixture.send(fixture.anonymous(path).header("Content-Type", type).POST(BodyPublishers.ofString(body)));
    }

    @Test
    void one_post_of_the_form_ends_the_e_mail_for_who_is_not_signed_in() throws Exception {
        HttpResponse<String> urlEncoded = post(LINK, "application/x-www-form-urlencoded", "List-Unsubscribe=One-Click");
        assertThat(urlEncoded.statusCode()).isEqualTo(200);
        HttpResponse<String> multipart = post(
                LINK,
                "multipart/form-data; boundary=x1",
                "--x1\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x1--\r\n");
        assertThat(multipart.statusCode()).as(multipart.body()).isEqualTo(200);
        assertThat(ended).containsExactly(TOKEN, TOKEN);
    }

    @Test
    void a_get_changes_nothing_and_leads_to_the_page_with_the_button() throws Exception {
        HttpResponse<String> page = fixture.send(fixture.anonymous(LINK));
        assertThat(page.statusCode()).isEqualTo(303);
        assertThat(page.headers().firstValue("location")).contains("/email#unsubscribe=" + TOKEN);
        HttpResponse<String> head =
                fixture.send(fixture.anonymous(LINK).method("HEAD", HttpRequest.BodyPublishers.noBody()));
        assertThat(head.statusCode()).isEqualTo(303);
        assertThat(ended).isEmpty();
    }

    @Test
    void anything_else_is_refused_and_changes_nothing() throws Exception {
        problem(post(LINK, "application/x-www-form-urlencoded", "List-Unsubscribe=Yes"), 400, "INVALID_REQUEST");
        problem(post(LINK, "application/x-www-form-urlencoded", ""), 400, "INVALID_REQUEST");
        problem(post(LINK, "application/json", "{}"), 415, "UNSUPPORTED_MEDIA");
        problem(
                post(
                        LINK.substring(0, LINK.length() - 1),
                        "application/x-www-form-urlencoded",
                        "List-Unsubscribe=One-Click"),
                400,
                "INVALID_REQUEST");
        problem(
                post(LINK, "application/x-www-form-urlencoded", "List-Unsubscribe=One-Click&x=" + "y".repeat(5000)),
                413,
                "TOO_LARGE");
        assertThat(fixture.send(fixture.anonymous(LINK).PUT(BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(405);
        assertThat(ended).isEmpty();
    }
}
