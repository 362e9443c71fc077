/**
 * The commands that look at what runs left behind: results, the cache, the installation.
 *
 * <p>Start with {@link dev.reprise.cli.tools.ToolCommands}.
 */
@NullMarked
package dev.reprise.cli.tools;

import org.jspecify.annotations.NullMarked;
