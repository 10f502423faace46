package io.lastmile.router.heart;

/**
 * A record that could not be understood, as it came. The heart carries it and never looks inside.
 */
public interface Rejected {}
