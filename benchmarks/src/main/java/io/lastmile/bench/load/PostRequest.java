package io.lastmile.bench.load;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** The bytes of requests that post one message each. */
final class PostRequest {
    private final String host;

    PostRequest(InetSocketAddress api) {
        host = api.getHostString() + ":" + api.getPort();
    }

    /** Head and body in one. */
    byte[] bytes(String device, byte[] payload, String contentType) {
        byte[] head =
                ("POST /v1/devices/"
                                + device
                                + "/messages HTTP/1.1\r\nHost: "
                                + host
                                + "\r\nContent-Type: "
                                + contentType
                                + "\r\nContent-Length: "
                                + payload.length
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[head.length + payload.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(payload, 0, request, head.length, payload.length);
        return request;
    }
}
