package dev.rekindle.gateway.openapi;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The comments in the contracts, by the full name of what they stand above. */
final class ContractComments {
    private static final String PROTOSET = "/rekindle.protoset";

    private final Map<String, String> comments = new HashMap<>();

    private ContractComments() {}

    /** The comments of the contracts this program was built with. */
    static ContractComments load() {
        try (InputStream in = ContractComments.class.getResourceAsStream(PROTOSET)) {
            if (in == null) {
                throw new IllegalStateException(PROTOSET + " is not in this program");
            }
            ContractComments comments = new ContractComments();
            FileDescriptorSet.parseFrom(in).getFileList().stream()
                    .filter(file -> file.getPackage().startsWith("rekindle."))
                    .forEach(comments::add);
            return comments;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The comment above a thing; empty where there is none. */
    String of(String fullName) {
        return comments.getOrDefault(fullName, "");
    }

    private void add(FileDescriptorProto file) {
        Map<List<Integer>, String> byPath = new HashMap<>();
        for (SourceCodeInfo.Location location : file.getSourceCodeInfo().getLocationList()) {
            String text = text(location);
            if (!text.isEmpty()) {
                byPath.put(List.copyOf(location.getPathList()), text);
            }
        }
        byPath.forEach((path, text) -> {
            String name = name(file, path);
            if (!name.isEmpty()) {
                comments.put(file.getPackage() + "." + name, text);
            }
        });
    }

    private static String text(SourceCodeInfo.Location location) {
        String comment = location.hasLeadingComments() ? location.getLeadingComments() : location.getTrailingComments();
        return comment.strip().replaceAll("\\s*\\n\\s*", " ");
    }

    /** The name a path of numbers leads to; empty where it leads to something without one. */
    private static String name(FileDescriptorProto file, List<Integer> path) {
        if (path.size() % 2 != 0) {
            return "";
        }
        return switch (path.getFirst()) {
            case FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER ->
                message(file.getMessageType(path.get(1)), path.subList(2, path.size()));
            case FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER ->
                enumeration(file.getEnumType(path.get(1)), path.subList(2, path.size()));
            case FileDescriptorProto.SERVICE_FIELD_NUMBER ->
                service(file.getService(path.get(1)), path.subList(2, path.size()));
            default -> "";
        };
    }

    private static String message(DescriptorProto message, List<Integer> path) {
        if (path.isEmpty()) {
            return message.getName();
        }
        String inner = switch (path.getFirst()) {
            case DescriptorProto.FIELD_FIELD_NUMBER ->
                path.size() == 2 ? message.getField(path.get(1)).getName() : "";
            case DescriptorProto.NESTED_TYPE_FIELD_NUMBER ->
                message(message.getNestedType(path.get(1)), path.subList(2, path.size()));
            case DescriptorProto.ENUM_TYPE_FIELD_NUMBER ->
                enumeration(message.getEnumType(path.get(1)), path.subList(2, path.size()));
            default -> "";
        };
        return inner.isEmpty() ? "" : message.getName() + "." + inner;
    }

    private static String enumeration(EnumDescriptorProto type, List<Integer> path) {
        if (path.isEmpty()) {
            return type.getName();
        }
        return path.size() == 2 && path.getFirst() == EnumDescriptorProto.VALUE_FIELD_NUMBER
                ? type.getName() + "." + type.getValue(path.get(1)).getName()
                : "";
    }

    private static String service(ServiceDescriptorProto service, List<Integer> path) {
        if (path.isEmpty()) {
            return service.getName();
        }
        return path.size() == 2 && path.getFirst() == ServiceDescriptorProto.METHOD_FIELD_NUMBER
                ? service.getName() + "." + service.getMethod(path.get(1)).getName()
                : "";
    }
}
