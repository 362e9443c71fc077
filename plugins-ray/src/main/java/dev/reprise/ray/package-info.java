/**
 * Runs tasks on Ray: the dispatcher, what it holds ready and what its failures mean.
 *
 * <p>Start with {@link dev.reprise.ray.RayExecutorFactory}.
 */
@NullMarked
package dev.reprise.ray;

import org.jspecify.annotations.NullMarked;
