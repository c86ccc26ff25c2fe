package dev.rekindle.gateway.call;

import com.google.protobuf.Descriptors;
import com.google.protobuf.Message;
import dev.rekindle.common.v1.AccessRule;
import dev.rekindle.common.v1.Role;
import dev.rekindle.credits.v1.AccountDataServiceGrpc;
import dev.rekindle.credits.v1.AnalyticsServiceGrpc;
import dev.rekindle.credits.v1.ApiKeysServiceGrpc;
import dev.rekindle.credits.v1.BillingServiceGrpc;
import dev.rekindle.credits.v1.CreditsServiceGrpc;
import dev.rekindle.events.v1.EventsServiceGrpc;
import dev.rekindle.events.v1.NotificationsServiceGrpc;
import dev.rekindle.events.v1.WebhooksServiceGrpc;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.QueuesServiceGrpc;
import dev.rekindle.jobs.v1.StorageServiceGrpc;
import dev.rekindle.platform.rpc.AccessRules;
import dev.rekindle.processing.v1.ProcessingServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.util.List;

/** The RPCs of the mesh as seen from outside: all but those that only services may call. */
public final class Contract {
    /** Every service of the mesh. A test compares this list with the compiled contracts. */
    public static final List<ServiceDescriptor> SERVICES = List.of(
            JobsServiceGrpc.getServiceDescriptor(),
            PhotosServiceGrpc.getServiceDescriptor(),
            QueuesServiceGrpc.getServiceDescriptor(),
            StorageServiceGrpc.getServiceDescriptor(),
            CreditsServiceGrpc.getServiceDescriptor(),
            BillingServiceGrpc.getServiceDescriptor(),
            ApiKeysServiceGrpc.getServiceDescriptor(),
            AnalyticsServiceGrpc.getServiceDescriptor(),
            AccountDataServiceGrpc.getServiceDescriptor(),
            ProcessingServiceGrpc.getServiceDescriptor(),
            EventsServiceGrpc.getServiceDescriptor(),
            WebhooksServiceGrpc.getServiceDescriptor(),
            NotificationsServiceGrpc.getServiceDescriptor(),
            dev.rekindle.jobs.v1.UserDataServiceGrpc.getServiceDescriptor(),
            dev.rekindle.events.v1.UserDataServiceGrpc.getServiceDescriptor());

    private Contract() {}

    /** One RPC: how it is called, what it looks like, who may call it. */
    public record Rpc(MethodDescriptor<Message, Message> method, Descriptors.MethodDescriptor proto, AccessRule rule) {

        /** An empty request to fill. */
        public Message.Builder newRequest() {
            return ((MethodDescriptor.PrototypeMarshaller<Message>) method.getRequestMarshaller())
                    .getMessagePrototype()
                    .newBuilderForType();
        }

        /** True if the answer is a stream. */
        public boolean answersStream() {
            return !method.getType().serverSendsOneMessage();
        }

        /** True if request and answer are one message each, so that the call ends by itself soon. */
        public boolean isUnary() {
            return method.getType() == MethodType.UNARY;
        }
    }

    /** The services of one room; the package {@code rekindle.jobs.v1} lives in the room "jobs". */
    public static List<ServiceDescriptor> of(String room) {
        return SERVICES.stream()
                .filter(service -> service.getName().startsWith("rekindle." + room + "."))
                .toList();
    }

    /** The RPCs of a service that may be called from outside. */
    public static List<Rpc> publicRpcs(ServiceDescriptor service) {
        return service.getMethods().stream()
                .map(Contract::rpc)
                .filter(rpc -> isPublic(rpc.rule()))
                .toList();
    }

    /** All RPCs that may be called from outside. */
    public static List<Rpc> publicRpcs() {
        return SERVICES.stream()
                .flatMap(service -> publicRpcs(service).stream())
                .toList();
    }

    static boolean isPublic(AccessRule rule) {
        return rule.getAnonymous() || rule.getRolesList().stream().anyMatch(role -> role != Role.ROLE_INTERNAL);
    }

    @SuppressWarnings("unchecked") // generated methods carry generated messages, which are Messages
    private static Rpc rpc(MethodDescriptor<?, ?> method) {
        if (!(method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier supplier)) {
            throw new IllegalStateException(method.getFullMethodName() + " has no contract");
        }
        return new Rpc(
                (MethodDescriptor<Message, Message>) method, supplier.getMethodDescriptor(), AccessRules.of(method));
    }
}
