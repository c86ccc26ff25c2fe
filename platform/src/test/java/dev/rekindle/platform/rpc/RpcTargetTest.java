package dev.rekindle.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.platform.config.BadSettings;
import dev.rekindle.platform.config.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("OPS-09")
class RpcTargetTest {
    private static String read(String text) {
        Settings settings = Settings.of(Map.of("services.jobs", text));
        RpcTarget target = RpcTarget.from(settings, "jobs", List.of());
        settings.check();
        return target.target();
    }

    @Test
    void names_of_dns_and_of_a_control_plane_are_taken_as_they_are() {
        assertThat(read("dns:///jobs.mesh.svc:7001")).isEqualTo("dns:///jobs.mesh.svc:7001");
        assertThat(read("dns:///[::1]:7001")).isEqualTo("dns:///[::1]:7001");
        assertThat(read("xds:///jobs")).isEqualTo("xds:///jobs");
    }

    @Test
    void one_address_or_several_are_a_list() {
        assertThat(read("127.0.0.1:7001")).isEqualTo("static:///127.0.0.1:7001");
        assertThat(read("10.0.0.1:7001, jobs-2:7001 ,")).isEqualTo("static:///10.0.0.1:7001,jobs-2:7001");
        assertThat(read("static:///a:1,[::1]:2")).isEqualTo("static:///a:1,[::1]:2");
    }

    @Test
    void anything_else_is_refused_with_what_is_expected() {
        for (String wrong :
                List.of("jobs", "http://jobs:7001", "jobs:0", "jobs:70000", "dns:///jobs", "xds:", ",", "a:1,b")) {
            BadSettings bad = catchThrowableOfType(BadSettings.class, () -> read(wrong));
            assertThat(bad).as(wrong).isNotNull();
            assertThat(bad.getMessage()).contains("services.jobs", wrong, "expected host:port", "xds:///name");
        }
        assertThat(catchThrowableOfType(BadSettings.class, () -> read("")).getMessage())
                .contains("services.jobs", "is missing");
    }
}
