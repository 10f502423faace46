package io.lastmile.api.keys;

/** How many requests and messages a second there may be; a second's worth may come at once. */
public final class Rate {
    /** No bound. */
    public static final Rate UNLIMITED = new Rate(0);

    private final int perSecond;
    private double left;
    private long atNs;
    private boolean begun;

    /** So many a second; 0 is no bound. */
    public Rate(int perSecond) {
        this.perSecond = perSecond;
        left = perSecond;
    }

    int perSecond() {
        return perSecond;
    }

    /** Takes one; false where it is too early. Any thread. */
    public boolean take(long nowNs) {
        return perSecond == 0 || takeOne(nowNs);
    }

    private synchronized boolean takeOne(long nowNs) {
        if (begun) {
            left = Math.min(perSecond, left + (nowNs - atNs) * 1e-9 * perSecond);
        }
        begun = true;
        atNs = nowNs;
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }
}
