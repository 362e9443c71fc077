/**
 * Claims: time-bounded, fenced reservations of a cache key, so that two runs do not compute it
 * twice.
 */
@NullMarked
package dev.reprise.cache.claim;

import org.jspecify.annotations.NullMarked;
