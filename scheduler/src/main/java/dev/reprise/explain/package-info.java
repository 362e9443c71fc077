/**
 * Why a unit runs: what its key was made of, and how that differs from the nearest earlier key.
 *
 * <p>Start with {@link dev.reprise.explain.StepParts}.
 */
@NullMarked
package dev.reprise.explain;

import org.jspecify.annotations.NullMarked;
