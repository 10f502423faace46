package io.lastmile.process.foreign;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A device that runs mqtt.js on Node: its script prints a line for each message. */
final class NodeDevice implements ForeignDevice {
    private final Process process;
    private final BufferedReader lines;

    private NodeDevice(Process process) {
        this.process = process;
        lines = process.inputReader();
    }

    static ForeignDevice connect(int protocolVersion, EdgeUrl edge, Inbox inbox)
            throws IOException {
        List<String> words = new ArrayList<>(List.of("node", "device.mjs"));
        words.add(edge.text("mqtt", "mqtts"));
        words.addAll(List.of(inbox.device(), inbox.filter(), Integer.toString(inbox.qos())));
        words.add(Integer.toString(protocolVersion));
        if (edge.isSecure()) {
            words.add(edge.believed().file().toString());
        }
        ProcessBuilder builder = new ProcessBuilder(words).directory(MqttJs.FOLDER.toFile());
        return new NodeDevice(builder.redirectErrorStream(true).start());
    }

    /** The script ends by itself when it hears nothing for long. */
    @Override
    public Arrival next() throws IOException {
        return MqttJs.arrival(ForeignDevice.within(lines.readLine()));
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close(); // the script then disconnects
            if (!process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new AssertionError("does not close", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
