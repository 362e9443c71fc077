/**
 * The command line: finds the command, and turns whatever happens into a message and an exit code.
 *
 * <p>Start with {@link dev.reprise.cli.Main}.
 */
@NullMarked
package dev.reprise.cli;

import org.jspecify.annotations.NullMarked;
