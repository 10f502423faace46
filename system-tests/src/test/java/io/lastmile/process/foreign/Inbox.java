package io.lastmile.process.foreign;

/**
 * What a device subscribes to.
 *
 * @param device its id, and so the client identifier
 * @param filter such as {@code inbox}
 * @param qos that it asks for
 */
public record Inbox(String device, String filter, int qos) {
    /** Of this device, by the plain filter, at QoS 1. */
    public static Inbox of(String device) {
        return new Inbox(device, "inbox", 1);
    }
}
