/** The life of messages as spans of OpenTelemetry, told from receipts where that is configured. */
@NullMarked
package io.lastmile.api.spans;

import org.jspecify.annotations.NullMarked;
