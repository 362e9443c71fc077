/**
 * Where a user's program begins.
 *
 * <p>See {@link dev.reprise.Reprise}; pipelines are written against {@link dev.reprise.api}.
 */
@NullMarked
package dev.reprise;

import org.jspecify.annotations.NullMarked;
