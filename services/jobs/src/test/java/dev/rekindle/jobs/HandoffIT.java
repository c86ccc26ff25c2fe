package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.AbortUploadRequest;
import dev.rekindle.jobs.v1.ClaimHandoffRequest;
import dev.rekindle.jobs.v1.ClaimHandoffResponse;
import dev.rekindle.jobs.v1.CompleteUploadRequest;
import dev.rekindle.jobs.v1.CreateHandoffRequest;
import dev.rekindle.jobs.v1.CreateUploadRequest;
import dev.rekindle.jobs.v1.DeletePhotoRequest;
import dev.rekindle.jobs.v1.FlagPhotoRequest;
import dev.rekindle.jobs.v1.GetPhotoRequest;
import dev.rekindle.jobs.v1.GetUploadRequest;
import dev.rekindle.jobs.v1.Handoff;
import dev.rekindle.jobs.v1.ListPhotosRequest;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.PhotosServiceGrpc.PhotosServiceBlockingStub;
import dev.rekindle.jobs.v1.Upload;
import dev.rekindle.jobs.v1.VerifyHandoffRequest;
import dev.rekindle.jobs.v1.VerifyHandoffResponse;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.testkit.Eventually;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A desktop's session, handed to a phone by a code. */
@Tag("PHO-10")
class HandoffIT {
    private static JobsOfTest test;
    private static PhotosServiceBlockingStub gateway;

    @BeforeAll
    static void start() {
        test = new JobsOfTest(Map.of(
                "handoffs.uploads_max", "3",
                "handoffs.per_user_max", "4",
                "public_url", "https://photos.example.com"));
        gateway = PhotosServiceGrpc.newBlockingStub(test.asService("gateway"));
    }

    @AfterAll
    static void stop() {
        test.close();
    }

    private static Handoff create(String user, String session) {
        return test.photos(user)
                .createHandoff(
                        CreateHandoffRequest.newBuilder().setSessionId(session).build())
                .getHandoff();
    }

    private static ClaimHandoffResponse claim(String code) {
        return gateway.claimHandoff(
                ClaimHandoffRequest.newBuilder().setCode(code).build());
    }

    private static VerifyHandoffResponse verify(String token) {
        return gateway.verifyHandoff(
                VerifyHandoffRequest.newBuilder().setToken(token).build());
    }

    /** The phone, as the gateway vouches for it. */
    private static Identity phone(String user, String session) {
        VerifyHandoffResponse known =
                verify(claim(create(user, session).getCode()).getToken());
        return Identity.handoff(
                known.getUserId(),
                known.getHandoffId(),
                Instant.ofEpochSecond(known.getExpireTime().getSeconds()));
    }

    private static Upload begin(Identity phone, CreateUploadRequest.Builder request) {
        return test.photos(phone).createUpload(request.build()).getUpload();
    }

    private static Reason reason(Runnable call) {
        return JobsIT.refusal(call).reason();
    }

    @Test
    void a_phone_uploads_into_the_session_of_the_desktop() {
        Identity phone = phone("dora", "desk-1");
        byte[] png = JobsOfTest.png(40, 30);
        Upload upload = begin(
                phone, CreateUploadRequest.newBuilder().setFilename("album.png").setSizeBytes(png.length));
        test.write(phone, upload.getId(), 0, png, true);
        Photo photo = test.photos(phone)
                .completeUpload(CompleteUploadRequest.newBuilder()
                        .setUploadId(upload.getId())
                        .build())
                .getPhoto();

        ListPhotosRequest session =
                ListPhotosRequest.newBuilder().setSessionId("desk-1").build();
        assertThat(test.photos("dora").listPhotos(session).getPhotosList())
                .extracting(Photo::getId)
                .containsExactly(photo.getId());
        Eventually.holds(() -> assertThat(test.peers.events(photo.getPreparationJobId()))
                .filteredOn(event -> event.getType().equals("photo.uploaded"))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getUserId()).isEqualTo("dora");
                    assertThat(event.getSessionId()).isEqualTo("desk-1");
                }));
        test.prepare(test.claim("image"));
    }

    @Test
    void a_code_is_long_shown_once_as_a_link_and_never_kept() {
        Handoff handoff = create("carl", "desk");
        assertThat(handoff.getCode()).matches("[0-9A-HJKMNP-TV-Z]{12}");
        assertThat(handoff.getUrl()).isEqualTo("https://photos.example.com/phone#" + handoff.getCode());
        assertThat(handoff.getSessionId()).isEqualTo("desk");
        Duration life = Duration.between(
                Instant.now(), Instant.ofEpochSecond(handoff.getExpireTime().getSeconds()));
        assertThat(life).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));

        ClaimHandoffResponse claimed = claim(handoff.getCode());
        assertThat(claimed.getToken()).matches("rkh_[A-Za-z0-9_-]{43}");
        assertThat(claimed.getSessionId()).isEqualTo("desk");
        assertThat(claimed.getUploadsMax()).isEqualTo(3);
        List<String> rows = test.openDatabase()
                .query(sql -> sql.fetch("select * from handoffs").stream()
                        .map(Object::toString)
                        .toList());
        assertThat(String.join("\n", rows))
                .contains("carl")
                .doesNotContain(handoff.getCode(), claimed.getToken())
                .doesNotContain(hex(handoff.getCode()), hex(claimed.getToken()));
        Set<String> codes = new HashSet<>();
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < 1000; i++) {
            codes.add(HandoffSecret.code(random).text());
        }
        assertThat(codes).hasSize(1000);
        assertThat(new HandoffSecret(handoff.getCode())).hasToString("***");
    }

    private static String hex(String text) {
        return java.util.HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void of_many_phones_that_redeem_a_code_at_once_one_gets_in() throws Exception {
        String code = create("mona", "desk").getCode();
        List<String> tokens = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<String> redeem = () -> claim(code).getToken();
            for (Future<String> answer : threads.invokeAll(Collections.nCopies(20, redeem))) {
                if (answer.state() == Future.State.SUCCESS) {
                    tokens.add(answer.get());
                }
            }
        }
        assertThat(tokens).hasSize(1);
        assertThat(verify(tokens.getFirst()).getUserId()).isEqualTo("mona");
        assertThat(reason(() -> claim(code))).isEqualTo(Reason.REASON_NOT_FOUND);
    }

    @Test
    void a_code_that_is_not_good_tells_nothing() {
        String withdrawn = create("nils", "desk").getCode();
        String present = create("nils", "desk").getCode();
        Failure unknown = JobsIT.refusal(() -> claim("ABCDEFGH1234"));
        Failure replaced = JobsIT.refusal(() -> claim(withdrawn));
        claim(present);
        Failure used = JobsIT.refusal(() -> claim(present));
        assertThat(List.of(unknown, replaced, used))
                .allSatisfy(failure -> assertThat(failure.reason()).isEqualTo(Reason.REASON_NOT_FOUND))
                .extracting(Failure::message)
                .containsOnly(unknown.message());
        assertThat(reason(() -> claim("abcdefgh1234"))).isEqualTo(Reason.REASON_INVALID_REQUEST);
        assertThat(reason(() -> verify("rkh_unknown"))).isEqualTo(Reason.REASON_UNAUTHENTICATED);
        assertThat(reason(() -> verify(present))).isEqualTo(Reason.REASON_UNAUTHENTICATED);
    }

    @Test
    void a_phone_does_nothing_but_upload_and_reaches_no_other_upload() {
        Photo photo = test.preparedPhoto("paul");
        Upload own = test.photos("paul")
                .createUpload(CreateUploadRequest.newBuilder()
                        .setSizeBytes(10)
                        .setRequestId("same")
                        .build())
                .getUpload();
        Identity phone = phone("paul", "desk");
        PhotosServiceBlockingStub as = test.photos(phone);
        String photoId = photo.getId();
        List<Runnable> others = List.of(
                () -> as.getPhoto(
                        GetPhotoRequest.newBuilder().setPhotoId(photoId).build()),
                () -> as.listPhotos(ListPhotosRequest.getDefaultInstance()),
                () -> as.deletePhoto(
                        DeletePhotoRequest.newBuilder().setPhotoId(photoId).build()),
                () -> as.flagPhoto(
                        FlagPhotoRequest.newBuilder().setPhotoId(photoId).build()),
                () -> as.createHandoff(
                        CreateHandoffRequest.newBuilder().setSessionId("desk").build()),
                () -> test.jobs(phone).createJob(JobsOfTest.request(photo).build()));
        assertThat(others).allSatisfy(call -> assertThat(reason(call)).isEqualTo(Reason.REASON_PERMISSION_DENIED));

        Upload another =
                begin(phone("paul", "other"), CreateUploadRequest.newBuilder().setSizeBytes(10));
        for (Upload foreign : List.of(own, another)) {
            String id = foreign.getId();
            List<Runnable> calls = List.of(
                    () -> as.getUpload(
                            GetUploadRequest.newBuilder().setUploadId(id).build()),
                    () -> test.write(phone, id, 0, new byte[10], true),
                    () -> as.completeUpload(
                            CompleteUploadRequest.newBuilder().setUploadId(id).build()),
                    () -> as.abortUpload(
                            AbortUploadRequest.newBuilder().setUploadId(id).build()));
            assertThat(calls).allSatisfy(call -> assertThat(reason(call)).isEqualTo(Reason.REASON_NOT_FOUND));
        }
        assertThat(reason(() -> begin(
                        phone, CreateUploadRequest.newBuilder().setSizeBytes(10).setRequestId("same"))))
                .isEqualTo(Reason.REASON_NOT_FOUND);
        assertThat(reason(() -> begin(phone, CreateUploadRequest.newBuilder().setSessionId("elsewhere"))))
                .isEqualTo(Reason.REASON_INVALID_REQUEST);
    }

    @Test
    void a_code_is_good_for_so_many_photos_and_a_call_sent_again_is_none_of_them() {
        Identity phone = phone("lena", "desk");
        Upload first = begin(phone, CreateUploadRequest.newBuilder().setRequestId("one"));
        assertThat(begin(phone, CreateUploadRequest.newBuilder().setRequestId("one"))
                        .getId())
                .isEqualTo(first.getId());
        begin(phone, CreateUploadRequest.newBuilder());
        begin(phone, CreateUploadRequest.newBuilder());
        Failure failure = JobsIT.refusal(() -> begin(phone, CreateUploadRequest.newBuilder()));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_STATE_CONFLICT);
        assertThat(failure.message()).contains("3 photos");
    }

    @Test
    void a_user_has_so_many_hand_overs_at_once() {
        for (int i = 0; i < 4; i++) {
            create("greta", "desk-" + i);
        }
        create("greta", "desk-3");
        Failure failure = JobsIT.refusal(() -> create("greta", "desk-4"));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_RATE_LIMITED);
        assertThat(failure.message()).contains("4 open hand-overs");
        assertThat(failure.retryDelay()).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
        assertThat(create("hugo", "desk-4").getCode()).isNotEmpty();
    }

    @Test
    void codes_and_tokens_end_by_themselves_and_their_rows_go() {
        Database database = test.openDatabase();
        HandoffStore store = new HandoffStore();
        JobsConfig.Handoffs config =
                new JobsConfig.Handoffs(java.net.URI.create(""), Duration.ofMinutes(5), Duration.ofMinutes(30), 3, 4);
        Clock now = Clock.systemUTC();
        Handoff unused = handoffs(database, config, now).create("tom", "a");
        assertThat(unused.getUrl()).isEqualTo("/phone#" + unused.getCode());
        String token = handoffs(database, config, now)
                .claim(new HandoffSecret(
                        handoffs(database, config, now).create("tom", "b").getCode()))
                .getToken();

        Handoffs soon = handoffs(database, config, Clock.offset(now, Duration.ofMinutes(6)));
        assertThat(failure(() -> soon.claim(new HandoffSecret(unused.getCode())))
                        .reason())
                .isEqualTo(Reason.REASON_NOT_FOUND);
        assertThat(soon.verify(new HandoffSecret(token)).getUserId()).isEqualTo("tom");
        Handoffs later = handoffs(database, config, Clock.offset(now, Duration.ofMinutes(31)));
        assertThat(failure(() -> later.verify(new HandoffSecret(token))).reason())
                .isEqualTo(Reason.REASON_UNAUTHENTICATED);

        int gone = database.query(
                sql -> store.deleteExpired(sql, Protos.utc(now.instant().plus(Duration.ofMinutes(6))), 1000));
        assertThat(gone).isPositive();
        int left = database.query(sql -> sql.fetchCount(DSL.table("handoffs"), DSL.condition("user_id = 'tom'")));
        assertThat(left).isEqualTo(1);
    }

    private static Handoffs handoffs(Database database, JobsConfig.Handoffs config, Clock clock) {
        return new Handoffs(
                database,
                new HandoffStore(),
                new JobStore(),
                config,
                new Handoffs.Sources(dev.rekindle.platform.Ids.timeOrdered(), clock, new SecureRandom()));
    }

    private static Failure failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return org.assertj.core.api.Assertions.catchThrowableOfType(Failure.class, call);
    }
}
