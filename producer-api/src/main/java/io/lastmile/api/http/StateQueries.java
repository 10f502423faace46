package io.lastmile.api.http;

import io.lastmile.node.HttpAnswer;
import io.lastmile.node.Problem;
import io.lastmile.node.QueryAnswer;
import io.lastmile.node.StateClient;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Partitions;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions about devices and messages, which the owner of the partition answers over its admin
 * port. Any thread; a question blocks, at most its timeout.
 */
public final class StateQueries implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateQueries.class);

    private final Owners owners;
    private final int partitions;
    private final StateClient client;

    /**
     * Questions to owners.
     *
     * @param secret that their admin ports ask for
     */
    public StateQueries(Owners owners, int partitions, String secret, Duration timeout) {
        this.owners = owners;
        this.partitions = partitions;
        client = new StateClient(secret, timeout);
    }

    QueryAnswer device(DeviceId device) {
        // The characters of a device id are those that a path may have as they are.
        return ask(Partitions.of(device, partitions), "/state/devices/" + device);
    }

    QueryAnswer messages(DeviceId device) {
        return ask(Partitions.of(device, partitions), "/state/devices/" + device + "/messages");
    }

    /** Sends an answer on to who asked. */
    static void send(HttpAnswer answer, QueryAnswer known) {
        if (known.status() == 503) {
            answer.retryAfter(2);
        }
        answer.sendJson(known.status(), known.json());
    }

    QueryAnswer message(MessageId id) {
        if (id.partition() >= partitions) {
            return QueryAnswer.problem(
                    new Problem(
                            404,
                            "message-id",
                            "No such message",
                            "there are " + partitions + " partitions, from 0",
                            "id"));
        }
        QueryAnswer known = ask(id.partition(), "/state/messages/" + id);
        if (!known.isOfDevice()) {
            return known;
        }
        DeviceId device = new DeviceId(JsonFields.of(known.json()).getOrDefault("field", ""));
        return ask(
                Partitions.of(device, partitions), "/state/devices/" + device + "/messages/" + id);
    }

    int partitions() {
        return partitions;
    }

    /** Asks the owner of a partition: 200 or 404 as it says, or 503. */
    QueryAnswer ask(int partition, String path) {
        Optional<String> address = owners.adminAddress(partition);
        if (address.isEmpty()) {
            return noOwner("no router owns partition " + partition + " right now");
        }
        try {
            QueryAnswer answer = client.get(address.get(), path);
            int status = answer.status();
            if (status == 200 || status == 404) {
                return answer;
            }
            LOG.atWarn()
                    .addKeyValue("address", address.get())
                    .addKeyValue("status", status)
                    .log("An owner did not answer a state query");
            return noOwner(
                    status == 403
                            ? "the owner of partition "
                                    + partition
                                    + " has another hop.secret than this API"
                            : "the owner of partition " + partition + " cannot tell right now");
        } catch (IOException | IllegalArgumentException e) { // the latter: an address that is none
            LOG.atInfo()
                    .addKeyValue("address", address.get())
                    .addKeyValue("reason", e.toString())
                    .log("An owner could not be asked");
            return noOwner("the owner of partition " + partition + " does not answer right now");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return noOwner("interrupted");
        }
    }

    static QueryAnswer noOwner(String detail) {
        return QueryAnswer.problem(Problem.of(503, "no-owner", "No owner right now", detail));
    }

    @Override
    public void close() {
        client.close();
    }
}
