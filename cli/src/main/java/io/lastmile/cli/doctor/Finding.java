package io.lastmile.cli.doctor;

/**
 * What was found about one thing.
 *
 * @param what was looked at, a word or two
 * @param says what was found and, unless it is fine, what to do
 */
record Finding(Level level, String what, String says) {
    /** How bad it is. */
    enum Level {
        /** As it should be. */
        OK("ok"),
        /** It works; something could be lost, slow or short one day. */
        WARN("warn"),
        /** Messages are not delivered, or can be lost. */
        FAIL("fail");

        private final String label;

        Level(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    static Finding ok(String what, String says) {
        return new Finding(Level.OK, what, says);
    }

    static Finding warn(String what, String says) {
        return new Finding(Level.WARN, what, says);
    }

    static Finding fail(String what, String says) {
        return new Finding(Level.FAIL, what, says);
    }
}
