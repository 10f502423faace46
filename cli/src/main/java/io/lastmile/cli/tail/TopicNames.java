package io.lastmile.cli.tail;

import io.lastmile.cli.CommandException;
import io.lastmile.wire.record.Topic;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;

/** The names of topics as people write them, without the prefix. */
final class TopicNames implements Iterable<String> {
    private static List<String> all() {
        return Arrays.stream(Topic.values()).map(Topic::label).toList();
    }

    @Override
    public Iterator<String> iterator() {
        return all().iterator();
    }

    /**
     * The topic of a name on the command line.
     *
     * @throws CommandException naming all there are
     */
    static Topic topic(String name) {
        return Topic.ofLabel(name)
                .orElseThrow(() ->
                        CommandException.usage(
                                "there is no topic %s; there are %s"
                                        .formatted(
                                                name,
                                                all().stream().collect(Collectors.joining(", ")))));
    }
}
