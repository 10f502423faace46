package io.lastmile.router.heart;

/**
 * How much a heart holds.
 *
 * @param devices with a session or unsettled messages
 * @param awake those of them that something is happening to; the others are at rest
 * @param online those that a session owns
 * @param unsettled messages, parked or not
 * @param takeOversRunOut how often a new session went on without the {@code ended} of an older one
 * @param unansweredEdges how many edges did not answer this owner in time: what the one before it
 *     gave them meanwhile may end as something else than it does
 */
public record HeartFigures(
        int devices,
        int awake,
        int online,
        long unsettled,
        long takeOversRunOut,
        int unansweredEdges) {}
