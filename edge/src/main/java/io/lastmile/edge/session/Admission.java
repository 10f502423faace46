package io.lastmile.edge.session;

import io.lastmile.wire.DeviceId;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/** Who may connect now. Any thread. */
public final class Admission {
    private final DeviceSettings.Connects settings;
    private final Connected connected;
    private final BooleanSupplier kafkaReachable;
    private final Predicate<DeviceId> revoked;
    private final LongPredicate rate;
    private final Failures failures;
    private volatile boolean stopping;

    /**
     * Nobody has come yet.
     *
     * @param kafkaReachable whether new devices may be taken
     * @param revoked whether a device may not connect
     * @param rate whether there is room for one more at this nanosecond, which then is taken
     */
    public Admission(
            DeviceSettings.Connects settings,
            Connected connected,
            BooleanSupplier kafkaReachable,
            Predicate<DeviceId> revoked,
            LongPredicate rate,
            Failures failures) {
        this.settings = settings;
        this.connected = connected;
        this.kafkaReachable = kafkaReachable;
        this.revoked = revoked;
        this.rate = rate;
        this.failures = failures;
    }

    /** From now on nobody comes in. */
    public void stop() {
        stopping = true;
    }

    boolean isStopping() {
        return stopping;
    }

    boolean isRevoked(DeviceId device) {
        return revoked.test(device);
    }

    /**
     * Why a device may not come in now; {@link ReasonCode#SUCCESS} where it may, and then it counts
     * as one more.
     *
     * @param network where it comes from
     */
    ReasonCode admit(DeviceId device, long network, long nanoTime) {
        ReasonCode openness = openness(device);
        if (openness != ReasonCode.SUCCESS) {
            return openness;
        }
        return !isWelcome(device, network, nanoTime) || !rate.test(nanoTime)
                ? ReasonCode.CONNECTION_RATE_EXCEEDED
                : ReasonCode.SUCCESS;
    }

    /** Why nobody, or not this device, may come in now; {@link ReasonCode#SUCCESS} where it may. */
    ReasonCode openness(DeviceId device) {
        if (stopping || !kafkaReachable.getAsBoolean()) {
            return ReasonCode.SERVER_UNAVAILABLE;
        }
        if (revoked.test(device)) {
            return ReasonCode.BANNED;
        }
        return connected.size() >= settings.devicesMax()
                ? ReasonCode.SERVER_BUSY
                : ReasonCode.SUCCESS;
    }

    /** Whether it has not failed from there too often. */
    public boolean isWelcome(DeviceId device, long network, long nanoTime) {
        return network == Link.UNKNOWN || !failures.isShutOut(network, device, nanoTime);
    }

    /** Somebody from there was not the device that he said. */
    void failed(DeviceId device, long network, long nanoTime) {
        if (network != Link.UNKNOWN) {
            failures.failed(network, device, nanoTime);
        }
    }
}
