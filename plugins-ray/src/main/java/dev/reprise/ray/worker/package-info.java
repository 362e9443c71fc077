/**
 * What runs on a Ray worker, loaded by the bootstrap from code that the driver named: chunks of
 * units, one after the other, while the calling thread looks after cancellation. Drivers use its
 * forms of bytes and files.
 *
 * <p>Start with {@link dev.reprise.ray.worker.ChunkRunner}.
 */
@NullMarked
package dev.reprise.ray.worker;

import org.jspecify.annotations.NullMarked;
