package io.lastmile.router.kafka;

/** The partition was taken away while it was being claimed. */
final class ClaimCancelledException extends RuntimeException {
    ClaimCancelledException() {
        super("the partition was taken away", null, false, false);
    }
}
