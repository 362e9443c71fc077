/**
 * Lays out for workers the code that a driver runs with.
 *
 * <p>Start with {@link dev.reprise.ray.code.CodeShelf}.
 */
@NullMarked
package dev.reprise.ray.code;

import org.jspecify.annotations.NullMarked;
