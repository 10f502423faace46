package io.lastmile.router.heart;

/** What all parts of one heart go by. */
record Terms(int partition, Now now, HeartSettings settings) {}
