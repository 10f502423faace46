package io.lastmile.api.kafka;

import io.lastmile.wire.Header;
import io.lastmile.wire.Message;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What tells two messages apart that come with the same idempotency key: what the device would be
 * shown. How long a message may wait and when it was first tried differ between tries of one.
 */
record Fingerprint(long high, long low) {
    static Fingerprint of(Message message) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
        String type = message.contentType();
        add(digest, type == null ? "" : type);
        add(digest, Integer.toString(message.attributes().size()));
        for (Header attribute : message.attributes()) {
            add(digest, attribute.name());
            add(digest, attribute.value());
        }
        digest.update(message.payload().buffer());
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        return new Fingerprint(hash.getLong(), hash.getLong());
    }

    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
    }
}
