package dev.rekindle.events.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.Base64;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The example of RFC 8291, appendix A, and what is no key. */
@Tag("EV-06")
class PushCipherTest {
    private static final String BROWSER =
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    private static final String OWN =
            "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";

    private static byte[] bytes(String text) {
        return Base64.getUrlDecoder().decode(text);
    }

    private static KeyPair once() {
        return new KeyPair(P256.point(bytes(OWN)), P256.number(bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")));
    }

    @Test
    void the_example_of_the_standard_comes_out_byte_by_byte() {
        byte[] sealed = PushCipher.encrypt(
                "When I grow up, I want to be a watermelon".getBytes(StandardCharsets.UTF_8),
                bytes(BROWSER),
                bytes("BTBZMqHH6r4Tts7J_aSIgg"),
                once(),
                bytes("DGv6ra1nlYgDCS1FRnbzlw"));
        assertThat(Base64.getUrlEncoder().withoutPadding().encodeToString(sealed))
                .isEqualTo(
                        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6"
                                + "TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN");
    }

    @Test
    void a_message_fits_one_record_and_no_more() {
        byte[] salt = new byte[PushCipher.SALT_BYTES];
        byte[] auth = new byte[16];
        byte[] most = new byte[PushCipher.TEXT_BYTES_MAX];
        assertThat(PushCipher.encrypt(most, bytes(BROWSER), auth, once(), salt)).hasSize(4096);
        assertThatThrownBy(() -> PushCipher.encrypt(new byte[most.length + 1], bytes(BROWSER), auth, once(), salt))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_point_beside_the_curve_is_refused() {
        byte[] beside = bytes(BROWSER);
        beside[64] ^= 1;
        assertThatThrownBy(() -> P256.point(beside)).hasMessageContaining("not on P-256");
        byte[] compressed = bytes(BROWSER);
        compressed[0] = 2;
        assertThatThrownBy(() -> P256.point(compressed)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> P256.number(new byte[32])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keys_come_out_of_bytes_as_they_went_in() {
        for (int i = 0; i < 50; i++) {
            KeyPair keys = P256.generate();
            byte[] point = P256.bytes((java.security.interfaces.ECPublicKey) keys.getPublic());
            byte[] number = P256.bytes((java.security.interfaces.ECPrivateKey) keys.getPrivate());
            assertThat(P256.bytes(P256.point(point))).isEqualTo(point);
            assertThat(P256.bytes(P256.number(number))).isEqualTo(number);
        }
    }
}
