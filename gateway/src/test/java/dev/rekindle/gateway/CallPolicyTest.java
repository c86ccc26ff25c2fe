package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.gateway.call.Contract;
import dev.rekindle.gateway.call.Mesh;
import dev.rekindle.platform.rpc.CallPolicy;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which calls the contracts allow to be sent again, over all of them. */
@Tag("OPS-09")
class CallPolicyTest {
    /** Doing these twice is another thing than doing them once, or says something else the second time. */
    private static final List<String> ONCE = List.of(
            "BillingService/CancelSubscription",
            "BillingService/CreatePortal",
            "AnalyticsService/ResumeSpending",
            "AnalyticsService/UpdateBudget",
            "CreditsService/SetTier",
            "JobsService/CancelBatch",
            "JobsService/CancelJob",
            "JobsService/RetryJob",
            "PhotosService/ClaimHandoff",
            "PhotosService/CreateHandoff",
            "PhotosService/FlagPhoto",
            "PhotosService/ResolveFlag",
            "PhotosService/WriteUpload",
            "QueuesService/AnnotateDeadLetter",
            "QueuesService/DiscardDeadLetters",
            "QueuesService/DrainLane",
            "QueuesService/PauseLane",
            "QueuesService/RebalanceLanes",
            "QueuesService/ResumeLane",
            "QueuesService/RetryDeadLetters",
            "QueuesService/UpdateLane",
            "QueuesService/UpdateQueueRules",
            "StorageService/RepairStorage",
            "UserDataService/WriteArchive",
            "WebhooksService/RedeliverDelivery",
            "WebhooksService/RotateWebhookSecret",
            "WebhooksService/TestWebhook");

    @Test
    void all_calls_may_be_repeated_but_those_whose_contract_does_not_say_so() {
        List<String> once = Contract.SERVICES.stream()
                .flatMap(service -> service.getMethods().stream())
                .map(method -> (ProtoMethodDescriptorSupplier) method.getSchemaDescriptor())
                .map(ProtoMethodDescriptorSupplier::getMethodDescriptor)
                .filter(method -> !CallPolicy.mayRepeat(method))
                .map(method -> method.getService().getName() + "/" + method.getName())
                .toList();

        assertThat(once).containsExactlyInAnyOrderElementsOf(ONCE);
    }

    @Test
    void every_service_is_in_one_room_of_the_mesh() {
        assertThat(Mesh.ROOMS.stream()
                        .flatMap(room -> Contract.of(room).stream())
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(Contract.SERVICES);
    }
}
