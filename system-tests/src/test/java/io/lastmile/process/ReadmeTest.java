package io.lastmile.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** What README.md says first works as it stands there. {@link ComposeTest} tries it as well. */
class ReadmeTest {
    @Test
    void aDeviceGetsTheWordThatIsSentToIt() throws Exception {
        assumeTrue(ReadmeLines.missing().isEmpty(), ReadmeLines::missing);
        var api = new InetSocketAddress(InetAddress.getLoopbackAddress(), SharedLastmile.apiPort());
        ReadmeLines.run(api, SharedLastmile.devices());
    }
}
