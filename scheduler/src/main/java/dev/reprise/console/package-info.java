/**
 * What a run says to people and scripts while it goes on: plain lines, a live line on a terminal,
 * or JSON. Reads the run through its listener alone; the words and figures are used by the commands
 * too.
 *
 * <p>Start with {@link dev.reprise.console.RunConsole}; the JSON contract is {@link
 * dev.reprise.console.JsonConsole}.
 */
@NullMarked
package dev.reprise.console;

import org.jspecify.annotations.NullMarked;
