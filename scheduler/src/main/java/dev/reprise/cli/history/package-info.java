/**
 * The commands that tell of past runs: why a unit ran, what happened, what was printed. They read
 * journals, so they work while another process holds the index, and without one.
 *
 * <p>Start with {@link dev.reprise.cli.history.WhyCommand}.
 */
@NullMarked
package dev.reprise.cli.history;

import org.jspecify.annotations.NullMarked;
