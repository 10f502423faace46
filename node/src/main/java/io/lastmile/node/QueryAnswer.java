package io.lastmile.node;

/**
 * The answer to a state query.
 *
 * @param status of HTTP
 * @param json the body
 */
public record QueryAnswer(int status, String json) {
    /** An answer that is a problem. */
    public static QueryAnswer problem(Problem problem) {
        return new QueryAnswer(problem.status(), problem.json());
    }
}
