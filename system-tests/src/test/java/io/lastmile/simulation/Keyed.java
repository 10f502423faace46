package io.lastmile.simulation;

/** A record of a compacted topic. */
interface Keyed {
    /** Of the records with one key only the latest stays. */
    Object key();

    /** Whether it says only that there is nothing more: it stays for a while. */
    boolean isTombstone();
}
