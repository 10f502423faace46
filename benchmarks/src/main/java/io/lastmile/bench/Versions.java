package io.lastmile.bench;

import io.netty.util.Version;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.utils.AppInfoParser;

/** The versions of what a benchmark measures; that of Java is the machine's. */
final class Versions {
    private Versions() {}

    static Map<String, String> description() {
        Map<String, String> versions = new LinkedHashMap<>();
        String lastmile = Versions.class.getPackage().getImplementationVersion();
        versions.put("lastmile", lastmile == null ? "development" : lastmile);
        versions.put("kafka", AppInfoParser.getVersion());
        Version netty = Version.identify().get("netty-common");
        versions.put("netty", netty == null ? "unknown" : netty.artifactVersion());
        return versions;
    }
}
