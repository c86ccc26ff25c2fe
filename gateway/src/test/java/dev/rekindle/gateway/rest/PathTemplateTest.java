package dev.rekindle.gateway.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.HttpMethod;
import dev.rekindle.platform.rpc.Failure;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("API-01")
class PathTemplateTest {
    private static final RestEndpoint NONE = (ctx, req, variables) -> {
        throw new AssertionError();
    };

    @Test
    void a_template_takes_a_segment_for_each_variable() {
        PathTemplate template = PathTemplate.parse("/v1/webhooks/{webhook_id}/deliveries/{delivery_id}:redeliver");

        assertThat(template.match(RequestPath.of("/v1/webhooks/a/deliveries/b:redeliver")))
                .isEqualTo(Map.of("webhook_id", "a", "delivery_id", "b"));
        assertThat(template.match(RequestPath.of("/v1/webhooks/a/deliveries/b")))
                .isNull();
        assertThat(template.match(RequestPath.of("/v1/webhooks/a/deliveries/:redeliver")))
                .isNull();
        assertThat(template.match(RequestPath.of("/v1/webhooks/a/b/deliveries/c:redeliver")))
                .isNull();
        assertThat(template.fields()).containsExactly("webhook_id", "delivery_id");
    }

    @Test
    void a_verb_is_no_part_of_a_value() {
        assertThat(PathTemplate.parse("/v1/jobs/{job_id}").match(RequestPath.of("/v1/jobs/a:cancel")))
                .isNull();
        assertThat(PathTemplate.parse("/v1/workers/{id}:drain").match(RequestPath.of("/v1/workers/host:7:drain")))
                .isEqualTo(Map.of("id", "host:7"));
        assertThat(PathTemplate.parse("/v1/jobs:quote").match(RequestPath.of("/v1/jobs:quote")))
                .isEmpty();
    }

    @Test
    void an_encoded_slash_colon_or_plus_stays_inside_its_segment() {
        assertThat(RequestPath.of("/v1/a%2Fb%3Ac/d+e%20f").segments()).containsExactly("v1", "a/b:c", "d+e f");
        assertThat(RequestPath.of("/v1/a%2Fb%3Ac").verb()).isEmpty();
    }

    @Test
    void a_path_that_is_not_utf_8_is_refused() {
        assertThatThrownBy(() -> RequestPath.of("/v1/%ff%fe")).isInstanceOf(Failure.class);
        assertThatThrownBy(() -> RequestPath.of("/v1/%zz")).isInstanceOf(Failure.class);
    }

    @Test
    void forms_these_contracts_do_not_use_do_not_start() {
        for (String text : new String[] {"v1/jobs", "/", "/v1/{a=**}", "/v1//jobs", "/v1/{A}", "/v1/a b"}) {
            assertThatThrownBy(() -> PathTemplate.parse(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void only_a_path_that_ends_in_a_name_is_a_collection() {
        assertThat(PathTemplate.parse("/v1/jobs").isCollection()).isTrue();
        assertThat(PathTemplate.parse("/v1/jobs:quote").isCollection()).isFalse();
        assertThat(PathTemplate.parse("/v1/jobs/{job_id}").isCollection()).isFalse();
    }

    @Test
    void the_router_prefers_names_to_variables_and_knows_other_methods() {
        RestRouter router = new RestRouter();
        RestEndpoint named = (ctx, req, variables) -> {
            throw new AssertionError();
        };
        router.add(HttpMethod.POST, PathTemplate.parse("/v1/webhooks/{id}"), NONE);
        router.add(HttpMethod.POST, PathTemplate.parse("/v1/webhooks/stripe"), named);
        router.add(HttpMethod.GET, PathTemplate.parse("/v1/webhooks/{id}"), NONE);

        assertThat(router.find(HttpMethod.POST, RequestPath.of("/v1/webhooks/stripe")))
                .isEqualTo(new RestRouter.Result.Found(named, Map.of()));
        assertThat(router.find(HttpMethod.HEAD, RequestPath.of("/v1/webhooks/x")))
                .isEqualTo(new RestRouter.Result.Found(NONE, Map.of("id", "x")));
        assertThat(router.find(HttpMethod.PUT, RequestPath.of("/v1/webhooks/x")))
                .isEqualTo(new RestRouter.Result.WrongMethod(Set.of(HttpMethod.GET, HttpMethod.POST)));
        assertThat(router.find(HttpMethod.GET, RequestPath.of("/v1/hooks/x")))
                .isEqualTo(new RestRouter.Result.Nowhere());
        assertThatThrownBy(() -> router.add(HttpMethod.GET, PathTemplate.parse("/v1/webhooks/{id}"), NONE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void every_rule_of_the_contracts_has_a_route_of_its_own() {
        RestRouter router = new RestRouter();
        for (RestBinding binding : RestBinder.bindings()) {
            router.add(binding.method(), binding.path(), NONE);
        }
        assertThat(RestBinder.bindings()).hasSizeGreaterThan(60);
    }
}
