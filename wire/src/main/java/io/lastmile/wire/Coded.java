package io.lastmile.wire;

/** A value that stands in records and frames as a byte, and in JSON, metrics and logs as a word. */
public interface Coded {
    /** The byte in records and frames. */
    int code();

    /** The word in JSON, metrics and logs. */
    String label();

    /**
     * The value of a byte.
     *
     * @param values all there are
     * @param field for the error
     * @throws MalformedException where there is none of that code
     */
    static <E extends Coded> E of(E[] values, int code, String field) {
        for (E value : values) {
            if (value.code() == code) {
                return value;
            }
        }
        throw new MalformedException(field, "there is no " + field + " of code " + code);
    }
}
