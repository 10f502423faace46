package io.lastmile.bench.load;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was accepted, what each device received and in which order, and which receipts there are:
 * from it a test tells what is missing, doubled or out of order. Any thread may write and read.
 */
public final class Ledger {
    private final Map<MessageId, DeviceId> deviceByAccepted = new LinkedHashMap<>();
    private final Map<DeviceId, List<MessageId>> receivedByDevice = new HashMap<>();
    private final Map<MessageId, List<Outcome>> outcomesById = new HashMap<>();
    private long receivedCount;

    /** The API or Kafka accepted a message for a device. */
    public synchronized void accepted(MessageId id, DeviceId device) {
        deviceByAccepted.put(id, device);
    }

    /** A device received a message; one that does not tell its id cannot be entered. */
    public synchronized void received(Received received) {
        if (received.id() == null) {
            throw new IllegalArgumentException("no id: subscribe to inbox/+ or use MQTT 5");
        }
        receivedByDevice
                .computeIfAbsent(received.device(), device -> new ArrayList<>())
                .add(received.id());
        receivedCount++;
    }

    /** A receipt was read. */
    public synchronized void settled(MessageId id, Outcome outcome) {
        outcomesById.computeIfAbsent(id, settled -> new ArrayList<>()).add(outcome);
    }

    /** How many were accepted. */
    public synchronized int acceptedCount() {
        return deviceByAccepted.size();
    }

    /** How many PUBLISHes came, duplicates counted. */
    public synchronized long receivedCount() {
        return receivedCount;
    }

    /** How many messages have a receipt. */
    public synchronized int settledCount() {
        return outcomesById.size();
    }

    /** What a device received, in order. */
    public synchronized List<MessageId> received(DeviceId device) {
        return List.copyOf(receivedByDevice.getOrDefault(device, List.of()));
    }

    /** The outcomes of a message's receipts: one, where all is well. */
    public synchronized List<Outcome> outcomes(MessageId id) {
        return List.copyOf(outcomesById.getOrDefault(id, List.of()));
    }

    /** Accepted, and not received by their device. */
    public synchronized List<MessageId> missing() {
        Map<DeviceId, Set<MessageId>> seen = new HashMap<>();
        receivedByDevice.forEach((device, ids) -> seen.put(device, new HashSet<>(ids)));
        List<MessageId> missing = new ArrayList<>();
        deviceByAccepted.forEach((id, device) -> {
            if (!seen.getOrDefault(device, Set.of()).contains(id)) {
                missing.add(id);
            }
        });
        return missing;
    }

    /** Received more than once, as often as too often. */
    public synchronized List<MessageId> duplicates() {
        List<MessageId> duplicates = new ArrayList<>();
        for (List<MessageId> ids : receivedByDevice.values()) {
            Set<MessageId> seen = new HashSet<>();
            for (MessageId id : ids) {
                if (!seen.add(id)) {
                    duplicates.add(id);
                }
            }
        }
        return duplicates;
    }

    /** Received for the first time after a later one, or by another device than their own. */
    public synchronized List<MessageId> misplaced() {
        List<MessageId> misplaced = new ArrayList<>();
        receivedByDevice.forEach((device, ids) -> {
            Set<MessageId> seen = new HashSet<>();
            MessageId highest = new MessageId(0, 0);
            for (MessageId id : ids) {
                if (!seen.add(id)) {
                    continue;
                }
                boolean foreign = !device.equals(deviceByAccepted.getOrDefault(id, device));
                if (foreign || id.compareTo(highest) < 0) {
                    misplaced.add(id);
                } else {
                    highest = id;
                }
            }
        });
        return misplaced;
    }

    /** Accepted, and without exactly one receipt. */
    public synchronized List<MessageId> notSettledOnce() {
        List<MessageId> wrong = new ArrayList<>();
        for (MessageId id : deviceByAccepted.keySet()) {
            if (outcomesById.getOrDefault(id, List.of()).size() != 1) {
                wrong.add(id);
            }
        }
        return wrong;
    }
}
