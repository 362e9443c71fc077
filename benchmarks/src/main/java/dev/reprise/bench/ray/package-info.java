/**
 * What Reprise on Ray is compared with: Ray's own Java API as somebody would use it who wants to
 * win. Both sides are drivers in processes of their own, on one cluster of this machine that a
 * comparison starts and stops. Begin with {@link dev.reprise.bench.ray.RayUnits}.
 */
@NullMarked
package dev.reprise.bench.ray;

import org.jspecify.annotations.NullMarked;
