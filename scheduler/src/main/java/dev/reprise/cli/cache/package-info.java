/**
 * The commands that look after the cache: what it holds, whether that is sound, and what to do away
 * with.
 *
 * <p>Start with {@link dev.reprise.cli.cache.CacheCommand}. Commands that only look use a view of
 * the index, beside whoever writes it; the others wait for it.
 */
@NullMarked
package dev.reprise.cli.cache;

import org.jspecify.annotations.NullMarked;
