/**
 * Reaches a Ray cluster: where it is, which jar speaks with it, one connection per process.
 *
 * <p>Start with {@link dev.reprise.ray.connect.RayConnection}.
 */
@NullMarked
package dev.reprise.ray.connect;

import org.jspecify.annotations.NullMarked;
