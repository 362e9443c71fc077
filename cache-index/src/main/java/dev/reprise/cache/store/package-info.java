/**
 * The result store: where the bytes of results live, and the manifests that list them.
 *
 * <p>Start with {@link dev.reprise.cache.store.ResultStore}.
 */
@NullMarked
package dev.reprise.cache.store;

import org.jspecify.annotations.NullMarked;
