package dev.rekindle.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** HTTP/1.1 as written, right or wrong. */
final class RawHttp {
    private static final int ANSWER_MILLIS_MAX = 5000;

    private RawHttp() {}

    static Socket connect(int port) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    /** Sends the method and path of a request with its headers, and leaves the body to the test. */
    static void head(Socket socket, String methodAndPath, String... headers) throws IOException {
        String head = methodAndPath + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** All that comes back until the connection ends. */
    static String send(int port, String request) throws IOException {
        try (Socket socket = connect(port)) {
            socket.setSoTimeout(ANSWER_MILLIS_MAX);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
