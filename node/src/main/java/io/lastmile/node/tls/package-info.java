/** Certificates and keys from PEM files, read again when they change. */
@NullMarked
package io.lastmile.node.tls;

import org.jspecify.annotations.NullMarked;
