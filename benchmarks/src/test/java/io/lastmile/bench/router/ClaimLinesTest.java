package io.lastmile.bench.router;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClaimLinesTest {
    @Test
    void theLinesOfAllClaimsAreAddedUp() {
        String output =
                """
                2026-11-23T08:48:20.000Z INFO  i.l.router.hop.HopLink hop open edge="e/1"
                2026-11-23T08:48:26.183Z INFO  i.l.r.k.Ownership partition claimed partition="3" \
                epoch="9" unsettled="10" online="20" inboxRecords="30" presenceRecords="40" \
                positions="watermark=6 events=7 settledAbove=[]" ms="1000"
                2026-11-23T08:48:26.500Z INFO  i.l.r.k.Ownership partition claimed partition="0" \
                epoch="9" unsettled="1" online="2" inboxRecords="3" presenceRecords="4" ms="1500"
                """;
        ClaimLines lines = ClaimLines.in(output);
        assertEquals(2, lines.claims());
        assertEquals(ms("2026-11-23T08:48:25.000Z"), lines.firstBeganMs());
        assertEquals(ms("2026-11-23T08:48:26.500Z"), lines.lastEndedMs());
        assertEquals(77, lines.records());
        assertEquals(11, lines.parked());
        assertEquals(22, lines.online());
    }

    private static long ms(String time) {
        return Instant.parse(time).toEpochMilli();
    }
}
