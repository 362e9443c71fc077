/**
 * The only classes that call Ray; loaded together with the cluster's own jar, apart from all else.
 */
@NullMarked
package dev.reprise.ray.bridge;

import org.jspecify.annotations.NullMarked;
