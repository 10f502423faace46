package io.lastmile.node.kafka;

/** The version of this software, as the jar says it. */
final class Version {
    static final String CURRENT = current();

    private Version() {}

    private static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
