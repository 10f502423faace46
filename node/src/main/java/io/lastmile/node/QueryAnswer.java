package io.lastmile.node;

import io.lastmile.wire.DeviceId;

/**
 * The answer to a state query.
 *
 * @param status of HTTP
 * @param json the body
 */
public record QueryAnswer(int status, String json) {
    private static final String NOT_READ_YET = "not-read-yet";
    private static final String MISPLACED = "misplaced";

    /** An answer that is a problem. */
    public static QueryAnswer problem(Problem problem) {
        return new QueryAnswer(problem.status(), problem.json());
    }

    /** The message may be in the log; its owner has not come so far. */
    public static QueryAnswer notReadYet(String detail) {
        return problem(Problem.of(404, NOT_READ_YET, "Not read yet", detail));
    }

    /** The owner of that device's partition knows: its producer wrote the message elsewhere. */
    public static QueryAnswer ofDevice(DeviceId device, String detail) {
        return problem(new Problem(404, MISPLACED, "Misplaced", detail, device.value()));
    }

    /** Whether it is {@link #notReadYet}. */
    public boolean isNotReadYet() {
        return isProblem(NOT_READ_YET);
    }

    /** Whether it is {@link #ofDevice}, whose {@code field} names the device. */
    public boolean isOfDevice() {
        return isProblem(MISPLACED);
    }

    private boolean isProblem(String type) {
        return status == 404 && json.contains("\"/problems/" + type + '"');
    }
}
