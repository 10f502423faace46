package io.lastmile.router.heart;

/**
 * How much a heart holds.
 *
 * @param devices with a session or unsettled messages
 * @param takeOversRunOut how often a new session went on without the {@code ended} of an older one
 */
public record HeartFigures(int devices, long takeOversRunOut) {
    static HeartFigures of(Devices devices, long takeOversRunOut) {
        return new HeartFigures(devices.size(), takeOversRunOut);
    }
}
