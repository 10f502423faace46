package io.lastmile.router.owner;

/**
 * What a log has of one partition.
 *
 * @param start the first offset that retention has left
 * @param end the offset of the next record
 */
public record LogRange(long start, long end) {}
