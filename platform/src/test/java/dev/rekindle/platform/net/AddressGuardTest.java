package dev.rekindle.platform.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where requests may go. Nothing here connects to anything. */
class AddressGuardTest {
    private static final AddressGuard STRICT = new AddressGuard(List.of(), InetAddress::getAllByName);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "10.0.0.1",
                "100.64.0.1",
                "100.100.100.200",
                "127.0.0.1",
                "127.255.255.254",
                "168.63.129.16",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.192",
                "192.0.2.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.51.100.7",
                "203.0.113.9",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::ffff:10.0.0.1",
                "::ffff:127.0.0.1",
                "::127.0.0.1",
                "64:ff9b::a00:1",
                "fc00::1",
                "fd00:ec2::254",
                "fe80::1",
                "fec0::1",
                "ff02::1",
                "2001::1",
                "2001:db8::1",
                "2002:a00:1::",
                "2002:7f00:1::",
                "3fff::1",
                "100::1",
                "5f00::1"
            })
    void an_address_that_is_not_public_is_refused(String address) {
        assertThat(STRICT.mayBeSentTo(InetAddress.ofLiteral(address))).isFalse();
        assertThat(STRICT.mayBeNamed(address.contains(":") ? "[" + address + "]" : address))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "9.255.255.255",
                "100.63.255.255",
                "100.128.0.1",
                "172.15.0.1",
                "172.32.0.1",
                "192.167.1.1",
                "223.255.255.255",
                "2606:4700::1111",
                "2a00:1450:4001::1",
                "2001:200::1"
            })
    void a_public_address_is_not(String address) {
        assertThat(STRICT.mayBeSentTo(InetAddress.ofLiteral(address))).isTrue();
    }

    @Test
    void one_bad_address_of_several_spoils_the_name() {
        AddressGuard guard = new AddressGuard(List.of(), host ->
                new InetAddress[] {InetAddress.ofLiteral("1.1.1.1"), InetAddress.ofLiteral("10.0.0.1")});
        assertThatThrownBy(() -> guard.resolve("mixed.example.com")).isInstanceOf(AddressGuard.Refused.class);
    }

    @Test
    void configuration_opens_a_network_and_no_other() throws UnknownHostException {
        AddressGuard guard = new AddressGuard(List.of(Network.parse("10.1.0.0/16")), InetAddress::getAllByName);
        assertThat(guard.resolve("10.1.2.3")).hasSize(1);
        assertThatThrownBy(() -> guard.resolve("10.2.0.1")).isInstanceOf(AddressGuard.Refused.class);
        assertThatThrownBy(() -> guard.resolve("[::1]")).isInstanceOf(AddressGuard.Refused.class);
    }
}
