package io.lastmile.edge.session;

/**
 * Why the edge refuses or ends something (MQTT 5, section 2.4), and what an MQTT 3.1.1 CONNACK says
 * instead.
 */
public enum ReasonCode {
    SUCCESS(0x00, 0, "success"),
    MALFORMED_PACKET(0x81, 0, "malformed-packet"),
    PROTOCOL_ERROR(0x82, 0, "protocol-error"),
    IMPLEMENTATION_SPECIFIC(0x83, 0, "implementation-specific"),
    UNSUPPORTED_PROTOCOL_VERSION(0x84, 1, "unsupported-protocol-version"),
    CLIENT_IDENTIFIER_NOT_VALID(0x85, 2, "client-identifier-not-valid"),
    BAD_USER_NAME_OR_PASSWORD(0x86, 4, "bad-user-name-or-password"),
    NOT_AUTHORIZED(0x87, 5, "not-authorized"),
    SERVER_UNAVAILABLE(0x88, 3, "server-unavailable"),
    SERVER_BUSY(0x89, 3, "server-busy"),
    BANNED(0x8A, 5, "banned"),
    SERVER_SHUTTING_DOWN(0x8B, 3, "server-shutting-down"),
    BAD_AUTHENTICATION_METHOD(0x8C, 5, "bad-authentication-method"),
    KEEP_ALIVE_TIMEOUT(0x8D, 0, "keep-alive-timeout"),
    SESSION_TAKEN_OVER(0x8E, 0, "session-taken-over"),
    TOPIC_FILTER_INVALID(0x8F, 0, "topic-filter-invalid"),
    PACKET_IDENTIFIER_NOT_FOUND(0x92, 0, "packet-identifier-not-found"),
    TOPIC_ALIAS_INVALID(0x94, 0, "topic-alias-invalid"),
    PACKET_TOO_LARGE(0x95, 0, "packet-too-large"),
    QUOTA_EXCEEDED(0x97, 0, "quota-exceeded"),
    ADMINISTRATIVE_ACTION(0x98, 0, "administrative-action"),
    RETAIN_NOT_SUPPORTED(0x9A, 5, "retain-not-supported"),
    QOS_NOT_SUPPORTED(0x9B, 5, "qos-not-supported"),
    SHARED_SUBSCRIPTIONS_NOT_SUPPORTED(0x9E, 0, "shared-subscriptions-not-supported"),
    CONNECTION_RATE_EXCEEDED(0x9F, 3, "connection-rate-exceeded"),
    SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED(0xA1, 0, "subscription-identifiers-not-supported"),
    WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED(0xA2, 0, "wildcard-subscriptions-not-supported");

    private final int code;
    private final int connackCodeV3;
    private final String label;

    ReasonCode(int code, int connackCodeV3, String label) {
        this.code = code;
        this.connackCodeV3 = connackCodeV3;
        this.label = label;
    }

    /** The byte of MQTT 5. */
    public int code() {
        return code;
    }

    /**
     * The return code of an MQTT 3.1.1 CONNACK (section 3.2.2.3); 0 where that version has none and
     * the connection is closed without one.
     */
    public int connackCodeV3() {
        return connackCodeV3;
    }

    /** The word in metrics and logs. */
    public String label() {
        return label;
    }
}
