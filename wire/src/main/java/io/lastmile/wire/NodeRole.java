package io.lastmile.wire;

/** What a node does. */
public enum NodeRole {
    API(1, "api"),
    ROUTER(2, "router"),
    EDGE(3, "edge");

    private final int code;
    private final String label;

    NodeRole(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /** The byte in records. */
    public int code() {
        return code;
    }

    /** The word in JSON, metrics and logs. */
    public String label() {
        return label;
    }

    /**
     * The role of a record's byte.
     *
     * @throws MalformedException where there is none of that code
     */
    public static NodeRole ofCode(int code) {
        for (NodeRole role : values()) {
            if (role.code == code) {
                return role;
            }
        }
        throw new MalformedException("role", "no role has code " + code);
    }
}
