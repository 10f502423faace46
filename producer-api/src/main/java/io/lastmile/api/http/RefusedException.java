package io.lastmile.api.http;

import io.lastmile.node.Problem;

/** A request that is answered with a problem; thrown only within this package, and cheap. */
final class RefusedException extends RuntimeException {
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

    Problem problem() {
        return problem;
    }
}
