package io.lastmile.edge.session;

import java.util.function.Supplier;

/**
 * What the hearts of one edge have in common.
 *
 * @param output does what they say
 * @param life the incarnation that new sessions belong to
 */
public record Hearts(
        DeviceSettings settings,
        Admission admission,
        Connected connected,
        Holding holding,
        Output output,
        Supplier<Life> life) {}
