/**
 * How values become bytes and come back: tables as Arrow, objects as Kryo, bytes and files as they
 * are.
 *
 * <p>Start with {@code dev.reprise.cache.codec.Codecs}.
 */
@NullMarked
package dev.reprise.cache.codec;

import org.jspecify.annotations.NullMarked;
