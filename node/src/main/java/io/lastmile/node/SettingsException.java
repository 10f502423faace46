package io.lastmile.node;

/**
 * A mistake in the configuration: which key, what is allowed, how to put it right. It is shown to a
 * person as one line, so it carries no stack trace.
 */
public final class SettingsException extends RuntimeException {
    private final String key;

    /**
     * A mistake.
     *
     * @param key the setting, or the topic or file, that is wrong
     * @param problem what is wrong, what is allowed, and the fix; never a secret's value
     */
    public SettingsException(String key, String problem) {
        super(key + ": " + problem, null, false, false);
        this.key = key;
    }

    /** The setting that is wrong. */
    public String key() {
        return key;
    }
}
