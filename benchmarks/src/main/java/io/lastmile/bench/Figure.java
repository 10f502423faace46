package io.lastmile.bench;

/** What benchmarks measure: every name that stands under {@code figures} in their JSON. */
public enum Figure {
    P50("p50_ms", "POST to PUBLISH read by the device, median"),
    P99("p99_ms", "the same, 99 of 100"),
    P999("p999_ms", "the same, 999 of 1000"),
    MAX("max_ms", "the same, the longest"),
    BARE_P50("bare_p50_ms", "without Lastmile, send to read, median"),
    BARE_P99("bare_p99_ms", "the same, 99 of 100"),
    BARE_P999("bare_p999_ms", "the same, 999 of 1000"),
    BARE_MAX("bare_max_ms", "the same, the longest"),
    LAST("last_ms", "first POST to the last PUBLISH read by its device"),
    BARE_LAST("bare_last_ms", "first send to the last read, without Lastmile"),
    SETTLED("settled_ms", "first POST to the last receipt read from Kafka"),
    P50_RATIO("p50_ratio", "p50_ms to bare_p50_ms"),
    P99_RATIO("p99_ratio", "p99_ms to bare_p99_ms"),
    LAST_RATIO("last_ratio", "last_ms to bare_last_ms"),
    DEVICES("devices", "given their message and heard to acknowledge, least of all rounds"),
    JOIN_SECONDS("join_seconds", "until all devices are in the channel and it is committed"),
    BROADCAST_ACCEPTED("broadcast_accepted_ms", "POST of the broadcast to its 202"),
    BROADCAST_MARKED("broadcast_marked_ms", "accepted to its mark read in the last partition"),
    BROADCAST_P50("broadcast_p50_ms", "202 to PUBLISH read by the device, median"),
    BROADCAST_P99("broadcast_p99_ms", "the same, 99 of 100"),
    BROADCAST_LAST("broadcast_last_ms", "the same, the last device"),
    BROADCAST_SETTLED("broadcast_settled_ms", "202 to the last copy's receipt read from Kafka"),
    BROADCAST_P99_RATIO("broadcast_p99_ratio", "broadcast_p99_ms to bare_p99_ms"),
    BROADCAST_LAST_RATIO("broadcast_last_ratio", "broadcast_last_ms to bare_last_ms"),
    BROADCAST_TO_SINGLES("broadcast_p99_to_singles", "broadcast_p99_ms to p99_ms"),
    COPY_API_CPU("api_cpu_us_per_copy", "of the API's process, a copy of a broadcast"),
    COPY_KAFKA_CPU("kafka_cpu_us_per_copy", "of Kafka"),
    COPY_ROUTER_CPU("router_cpu_us_per_copy", "of the router's process"),
    COPY_EDGE_CPU("edge_cpu_us_per_copy", "of the edges' processes"),
    COPY_CLIENT_CPU("client_cpu_us_per_copy", "of the benchmark: devices, ledger"),
    SENT("sent_messages", "posted in all rounds"),
    MISSING("missing_messages", "posted and not seen by their device"),
    BARE_SENT("bare_sent_messages", "sent to plain Kafka in all rounds"),
    BARE_MISSING("bare_missing_messages", "sent to plain Kafka and not read"),
    REFUSED("refused_messages", "posts that were not answered 202"),

    HEAP_EMPTY("heap_bytes_empty", "live heap of the router, warm, with nothing to hold"),
    HEAP_PER_DEVICE("heap_bytes_per_online_device", "what an online device adds to it"),
    HEAP_PER_PARKED("heap_bytes_per_parked_message", "what a parked message adds to it"),
    MEMBERS_SECONDS("members_seconds", "until all members have joined and are committed"),
    JOIN_BYTES("join_bytes_per_member", "of messages, inbox and members in Kafka, on disk"),
    HEAP_PER_MEMBER("heap_bytes_per_member", "what an absent device in a channel adds"),
    CUT_SECONDS("cut_seconds", "ten broadcasts produced, marked and committed"),
    WAITING_KAFKA_BYTES("waiting_kafka_bytes_per_broadcast", "all topics, payload and all members"),
    WAITING_BYTES("waiting_bytes_per_copy", "of it without the payload, a member"),
    EXPIRE_SECONDS("expire_seconds", "one more broadcast ends for all, time to live over"),
    SUMMARY_BYTES("receipt_bytes_per_expired_copy", "of receipts, on disk"),
    EXPIRED_INBOX_BYTES(
            "inbox_bytes_per_expired_copy", "of inbox meanwhile, before it is compacted"),
    OPEN_SECONDS("open_seconds", "until all devices are online and committed"),
    PARK_SECONDS("park_seconds", "until all messages are produced, parked and committed"),
    IDLE_CPU("idle_cpu_percent", "of one processor, the router with nothing to do"),
    BARE_READ("bare_read_ms", "a plain consumer reads all of inbox and presence"),
    BARE_READ_RECORDS("bare_read_records", "so many records"),
    RESTART("restart_ms", "process started to a delivery in every partition"),
    RESTORE("restore_ms", "first claim begun to a delivery in every partition"),
    CLAIMS("claims_ms", "first claim begun to last claim done"),
    RESTORED_RECORDS("restored_records", "read from inbox and presence by the claims"),
    RESTORED_PARKED("restored_parked_messages", "what these records come to: parked messages"),
    RESTORED_ONLINE("restored_online_devices", "and online devices"),
    ISOLATED_P50("isolated_p50_ms", "message due to its deliver frame read, alone, median"),
    ISOLATED_P99("isolated_p99_ms", "the same, 99 of 100"),
    UNACKED_P99("unacked_p99_ms", "beside devices that never acknowledge"),
    INBOX_CAP_P99("inbox_cap_p99_ms", "beside inboxes that overflow"),
    STALLED_EDGE_P99("stalled_edge_p99_ms", "beside an edge that has stopped reading"),
    ISOLATION_RATIO("isolation_ratio", "the worst of these three to isolated_p99_ms"),
    STORM_DEVICES("storm_devices", "came at once, each with three parked messages"),
    STORM_SECONDS("storm_seconds", "until all of these were delivered and settled"),
    STORM_COLLECTIONS("storm_collections_ms", "the router's collections of garbage meanwhile"),
    OTHER_P99_BEFORE("other_p99_before_ms", "message due to its frame, others, before the storm"),
    OTHER_P99("other_p99_ms", "the same during the storm"),
    OTHER_MAX("other_max_ms", "the longest of these"),
    OTHER_LONGEST_PAUSE("other_longest_pause_ms", "between two deliveries to others"),
    RECONNECT_SECONDS("reconnect_seconds", "all of these closed and came again, committed"),
    RECONNECT_OTHER_P99("reconnect_other_p99_ms", "others meanwhile"),

    ROUTER("router_ms", "kill -9 of a router to deliveries in every partition"),
    ROUTER_GRACEFUL("router_stop_wait_ms", "SIGTERM of a router: longest wait of a message"),
    EDGE("edge_ms", "kill -9 of an edge until all its devices are reached at another"),
    EDGE_GRACEFUL("edge_stop_wait_ms", "SIGTERM of an edge: longest wait of a message"),

    KILLS("kills", "kill -9 of routers at random moments"),

    HEAP_PER_CONNECTION("heap_bytes_per_connection", "live heap of the edge, of the next figure"),
    PROCESS_PER_CONNECTION("process_bytes_per_connection", "of the edge, idle and subscribed"),
    PROCESS_PER_CONNECTION_UPPER(
            "process_bytes_per_connection_upper", "upper end of its 95 % interval"),
    KERNEL_PER_CONNECTION("kernel_bytes_per_connection", "half of both ends of a connection"),
    KERNEL_PER_CONNECTION_UPPER(
            "kernel_bytes_per_connection_upper", "upper end of its 95 % interval"),
    TLS_PROCESS_PER_CONNECTION("tls_process_bytes_per_connection", "of the edge, with TLS 1.3"),
    TLS_PROCESS_PER_CONNECTION_UPPER(
            "tls_process_bytes_per_connection_upper", "upper end of its 95 % interval"),
    FULL_GC("full_gc_ms", "the longest full collection with all connections"),

    CONNECTS("connects_per_second", "connected and subscribed at the edge"),
    MOSQUITTO_CONNECTS("mosquitto_connects_per_second", "the same at mosquitto, same client"),
    CONNECTS_RATIO("ratio", "of the edge to mosquitto"),
    SERVER_CPU("server_cpu_us_per_connect", "of the edge's process"),
    KAFKA_CPU("kafka_cpu_us_per_connect", "of Kafka, which is told of every session"),
    MOSQUITTO_CPU("mosquitto_cpu_us_per_connect", "of mosquitto's process"),
    REFUSED_CONNECTS("refused", "by the edge, in all rounds"),
    STORM_SESSIONS("sessions", "subscribed at the edge, the warm-up's too"),
    UNANNOUNCED("unannounced_sessions", "of these, not in the topic of events"),

    POSTS("posts_per_second", "accepted, a request each"),
    BARE_SYNC_SENDS("bare_sync_sends_per_second", "a plain producer, each thread waits"),
    POSTS_RATIO("posts_ratio", "posts to these"),
    LINES("lines_per_second", "accepted, by lines of JSON"),
    BARE_BATCHED_SENDS("bare_batched_sends_per_second", "a plain producer with large batches"),
    LINES_RATIO("lines_ratio", "lines to these"),

    THROUGHPUT("messages_per_second", "POST by lines, PUBACK at the device, receipt in Kafka"),
    BARE_THROUGHPUT("bare_messages_per_second", "plain Kafka, produced and consumed"),
    THROUGHPUT_RATIO("ratio", "of these two"),
    BRIDGE_THROUGHPUT("bridge_messages_per_second", "plain consumer and mosquitto, to PUBACK"),
    BRIDGE_RATIO("bridge_ratio", "messages_per_second to these"),
    FAN_IN_POSTED("posted_share", "of the messages, the rest came from plain producers"),
    THROUGHPUT_MESSAGES("messages", "accepted, delivered and settled in all rounds"),
    LOST("lost", "accepted, and not delivered or without a receipt"),
    DUPLICATES("duplicates", "delivered again or out of order, or a second receipt"),
    THROUGHPUT_REFUSED("refused", "lines that the API did not accept"),
    MESSAGE_API_CPU("api_cpu_us_per_message", "of the API's process"),
    MESSAGE_KAFKA_CPU("kafka_cpu_us_per_message", "of Kafka"),
    MESSAGE_ROUTER_CPU("router_cpu_us_per_message", "of the router's process"),
    MESSAGE_EDGE_CPU("edge_cpu_us_per_message", "of the edge's process"),
    MESSAGE_CLIENT_CPU("client_cpu_us_per_message", "of the benchmark: producer, devices, ledger"),
    BARE_SERVERS_CPU("bare_servers_cpu_us_per_message", "of the bare fan-out's processes"),
    BARE_CLIENT_CPU("bare_client_cpu_us_per_message", "of the benchmark, without Lastmile"),
    BARE_KAFKA_CPU("bare_kafka_cpu_us_per_message", "of Kafka, without Lastmile"),
    BRIDGE_KAFKA_CPU("bridge_kafka_cpu_us_per_message", "of Kafka, with the bridge"),
    BRIDGE_CPU("bridge_cpu_us_per_message", "of the bridge's process"),
    BRIDGE_MOSQUITTO_CPU("bridge_mosquitto_cpu_us_per_message", "of mosquitto"),
    BRIDGE_CLIENT_CPU("bridge_client_cpu_us_per_message", "of the benchmark, with the bridge"),
    MOSQUITTO_THROUGHPUT("mosquitto_messages_per_second", "published to it, to PUBACK"),
    HIVEMQ_THROUGHPUT("hivemq_messages_per_second", "published to HiveMQ CE, to PUBACK"),
    NATS_THROUGHPUT("nats_messages_per_second", "published to nats-server, to PUBACK"),
    MOSQUITTO_MESSAGE_CPU("mosquitto_cpu_us_per_message", "of its process"),
    HIVEMQ_MESSAGE_CPU("hivemq_cpu_us_per_message", "of its process"),
    NATS_MESSAGE_CPU("nats_cpu_us_per_message", "of its process");

    private final String label;
    private final String description;

    Figure(String label, String description) {
        this.label = label;
        this.description = description;
    }

    /** The name in JSON, its unit last. */
    public String label() {
        return label;
    }

    /** What it is, for people. */
    public String description() {
        return description;
    }
}
