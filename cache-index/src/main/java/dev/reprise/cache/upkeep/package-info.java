/**
 * Looking after a cache: whether all is as it was written, making an index anew, and removing what
 * is not wanted any more. Nothing here is needed to run a pipeline.
 *
 * <p>Start with {@link dev.reprise.cache.upkeep.Verifier}.
 */
@NullMarked
package dev.reprise.cache.upkeep;

import org.jspecify.annotations.NullMarked;
