package io.lastmile.router.heart;

import io.lastmile.wire.Outcome;

/** An outcome that the owner itself decides, with a word for people. */
record Ending(Outcome outcome, String detail) {}
