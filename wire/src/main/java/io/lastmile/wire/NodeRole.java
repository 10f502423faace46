package io.lastmile.wire;

/** What a node does. */
public enum NodeRole implements Coded {
    API(1, "api"),
    ROUTER(2, "router"),
    EDGE(3, "edge");

    private final int code;
    private final String label;

    NodeRole(int code, String label) {
        this.code = code;
        this.label = label;
    }

    @Override
    public int code() {
        return code;
    }

    @Override
    public String label() {
        return label;
    }

    /**
     * The role of a record's byte.
     *
     * @throws MalformedException where there is none of that code
     */
    public static NodeRole ofCode(int code) {
        return Coded.of(values(), code, "role");
    }
}
