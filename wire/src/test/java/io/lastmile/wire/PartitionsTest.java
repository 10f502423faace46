package io.lastmile.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

/** A device is where any Kafka producer would put it: compared with Kafka's own partitioner. */
class PartitionsTest {
    @Test
    void equalsKafkasPartitionerForDeviceIds() {
        Seeds.upTo(2_000)
                .forEach(seed -> {
                    RandomValues random = new RandomValues(seed);
                    DeviceId device = random.device();
                    int partitions = random.count(1, 10_000);
                    assertEquals(
                            BuiltInPartitioner.partitionForKey(device.bytes(), partitions),
                            Partitions.of(device, partitions),
                            () -> Seeds.replay(device + " of " + partitions, seed));
                });
    }

    @Test
    void equalsKafkasHashForEveryLengthOfAnyBytes() {
        Seeds.upTo(300)
                .forEach(seed -> {
                    RandomValues random = new RandomValues(seed);
                    for (int length = 0; length <= 130; length++) {
                        byte[] key = random.bytes(length, length);
                        String what = length + " bytes";
                        assertEquals(
                                Utils.murmur2(key),
                                Partitions.murmur2(key),
                                () -> Seeds.replay(what, seed));
                    }
                });
    }
}
