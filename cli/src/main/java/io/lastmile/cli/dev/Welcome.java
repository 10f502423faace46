package io.lastmile.cli.dev;

import java.nio.file.Path;

/** What {@code dev} says when it is ready. */
final class Welcome {
    private Welcome() {}

    static String text(DevAddresses at, long tookMs, Path data) {
        String mqttHost = at.host("edge.mqtt.port");
        String mqttPort =
                at.port("edge.mqtt.port") == 1883 ? "" : " -p " + at.port("edge.mqtt.port");
        String tailPort =
                at.port("kafka.port") == 9092
                        ? ""
                        : " --kafka.bootstrap=" + at.address("kafka.port");
        return """
        Lastmile is ready, after %d.%d s. Its data and log are in %s; Ctrl-C ends it.

          API     http://%s
          console http://%s/console
          MQTT    %s
          Kafka   %s
          health  http://%s/health/ready

        Be a device:     mosquitto_sub -h %s%s -i phone-1 -t inbox -q 1 -V mqttv5
        Send it a word:  curl -i -H 'Content-Type: text/plain' -d 'hello' http://%s/v1/devices/phone-1/messages
        See the proof:   ./lastmile tail receipts --device phone-1%s

        """
                .formatted(
                        tookMs / 1000,
                        tookMs % 1000 / 100,
                        data,
                        at.address("api.port"),
                        at.address("api.port"),
                        at.address("edge.mqtt.port"),
                        at.address("kafka.port"),
                        at.address("admin.port"),
                        mqttHost,
                        mqttPort,
                        at.address("api.port"),
                        tailPort);
    }
}
