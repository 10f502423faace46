package io.lastmile.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of this build, as the jar says it. */
public final class Version implements IVersionProvider {
    /** Such as {@code 0.1.0}. */
    public static String number() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "lastmile %s (Java %s)".formatted(number(), Runtime.version().feature())
        };
    }
}
