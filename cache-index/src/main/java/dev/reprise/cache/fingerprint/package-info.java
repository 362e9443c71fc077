/**
 * Digests of content, and the canonical form of values that makes equal things digest equally.
 *
 * <p>Start with {@link dev.reprise.cache.fingerprint.Fingerprint}; how a cache key is put together
 * from them is told in {@code docs/how-the-key-is-made.md} of this module.
 */
@NullMarked
package dev.reprise.cache.fingerprint;

import org.jspecify.annotations.NullMarked;
