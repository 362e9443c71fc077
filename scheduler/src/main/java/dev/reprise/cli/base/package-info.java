/**
 * What all commands share: the world around them, the options that every one of them has, and how
 * they end.
 *
 * <p>Start with {@link dev.reprise.cli.base.CommandContext}.
 */
@NullMarked
package dev.reprise.cli.base;

import org.jspecify.annotations.NullMarked;
