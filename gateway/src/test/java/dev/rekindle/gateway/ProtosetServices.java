package dev.rekindle.gateway;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;

/** The services in the compiled contracts. */
final class ProtosetServices {
    private ProtosetServices() {}

    static List<String> names() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(ProtosetServices.class.getResourceAsStream("/rekindle.protoset"))) {
            return FileDescriptorSet.parseFrom(in).getFileList().stream()
                    .filter(file -> file.getPackage().startsWith("rekindle."))
                    .flatMap(ProtosetServices::names)
                    .toList();
        }
    }

    private static java.util.stream.Stream<String> names(FileDescriptorProto file) {
        return file.getServiceList().stream().map(service -> file.getPackage() + "." + service.getName());
    }
}
