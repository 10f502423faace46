package io.lastmile.api.http;

import io.lastmile.node.Problem;
import io.lastmile.wire.DeviceId;

/** A request that is answered with a problem; thrown only within this package, and cheap. */
final class RefusedException extends RuntimeException {
    private static final int SHOWN_MAX = 140;

    private final transient Problem problem;

    RefusedException(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    /** A value outside its range. */
    static RefusedException field(String type, String field, String allowed) {
        return new RefusedException(
                new Problem(400, type, "Value not allowed", field + ": " + allowed, field));
    }

    /** An id that is none: it is named, and cut where it is long. */
    static RefusedException device(String field, String text) {
        String shown = text.length() > SHOWN_MAX ? text.substring(0, SHOWN_MAX) + "…" : text;
        return field("device-id", field, '"' + shown + "\": " + DeviceId.RULE);
    }

    Problem problem() {
        return problem;
    }
}
